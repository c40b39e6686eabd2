/**
 * Prints the totals alone on the last line (`12 passed, 0 failed, 1 skipped`): jest's own summary is none that a CI
 * runner recognises. A test file that did not even load counts as one failure, so the line never looks better than
 * the exit code. JavaScript, because jest loads reporters outside its ESM runtime.
 */
export default class PlainResultReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const parts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) parts.push(`${skipped} skipped`);
    process.stdout.write(`\n${parts.join(', ')}\n`);
  }
}
