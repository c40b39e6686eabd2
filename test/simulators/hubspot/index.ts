export * from '../../../src/torture/crm/hubspot/index.ts';
