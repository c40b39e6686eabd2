export * from '../../../src/torture/crm/salesforce/index.ts';
