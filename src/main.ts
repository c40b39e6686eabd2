import { enableCompileCache } from 'node:module';

// Stripping the types of every source costs more than a second; what was stripped once is kept in the temp folder.
enableCompileCache();
const { runCli } = await import('./cli/program.ts');

process.exitCode = await runCli(process.argv.slice(2));
