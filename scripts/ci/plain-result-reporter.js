/**
 * Prints the totals alone on the last line (`12 passed, 0 failed, 1 skipped`): jest's own summary is none that a CI
 * runner recognises. JavaScript, because jest loads its reporters outside the ESM runtime of the tests.
 */
export default class PlainResultReporter {
  onRunComplete(_contexts, results) {
    // On exit, because jest puts its own summary after every other reporter.
    process.once('exit', (exitCode) => process.stdout.write(`\n${plainTotals(results, exitCode)}\n`));
  }
}

function plainTotals(results, exitCode) {
  // A file that did not load counts as one failure; the line never looks better than the exit code.
  const failures = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const failed = exitCode === 0 ? failures : Math.max(failures, 1);
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
