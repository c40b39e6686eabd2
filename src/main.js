// @ts-check
import { enableCompileCache } from 'node:module';

import { openPrivateFolder } from './shared/private-folder.js';

// This file and what it imports are JavaScript: Node loads its stripper of types, 14 MB for as long as the daemon lives, for
// the first file that has types and is not in the cache yet.
// Stripping the types of every source costs more than a second; what was stripped once is kept in the temp folder. Node
// runs what it finds there, and its own choice is a folder that any user of the host can make first.
const cache = openPrivateFolder('hookline-compiled');
if (cache !== null) enableCompileCache(cache);
const { runCli } = await import('./cli/program.ts');

process.exitCode = await runCli(process.argv.slice(2));
