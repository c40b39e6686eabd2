// Node 24 strips the types itself and jest loads ESM through `--experimental-vm-modules`: no transformer needed.
const native = {
  // `src` is listed so that files no test reaches count in the coverage as what they are: untested.
  roots: ['<rootDir>/src', '<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testEnvironment: 'node',
};

const project = (name) => ({ ...native, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.test.ts`] });

export default {
  projects: [project('unit'), project('integration'), project('conformance')],
  // A condition that is waited for may take its time on a loaded machine: the limit is for hangs, not for speed.
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/scripts/ci/plain-result-reporter.js'],
};
