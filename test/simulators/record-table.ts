export * from '../../src/torture/crm/record-table.ts';
