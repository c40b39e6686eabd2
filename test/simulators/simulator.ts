export * from '../../src/torture/crm/simulator.ts';
