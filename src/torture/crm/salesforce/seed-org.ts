import type { Org } from './org.ts';

/** Users, statuses and the organization, before anybody writes. */
export function seedOrg(org: Org, username: string): void {
  const { organizationType, isSandbox, timeZone, taskStatuses } = org.options;
  org.seed(
    'Organization',
    {
      Name: 'Hookline Simulator Inc.',
      OrganizationType: organizationType,
      IsSandbox: isSandbox,
      TimeZoneSidKey: timeZone,
      DefaultLocaleSidKey: `en_${org.options.country}`,
      InstanceName: 'SIM1',
      LanguageLocaleKey: 'en_US',
    },
    org.id,
  );
  seedUser(org, { id: org.userId, username, first: 'Integration', last: 'User', isActive: true });
  seedUser(org, { id: org.personId, username: 'ada@hookline.example', first: 'Ada', last: 'Admin', isActive: true });
  const left = { username: 'left@hookline.example', first: 'Lee', last: 'Left', isActive: false };
  seedUser(org, { ...left, id: org.nextId('User') });
  taskStatuses.forEach(({ value, isClosed }, index) => {
    org.seed('TaskStatus', {
      ApiName: value,
      MasterLabel: value,
      IsClosed: isClosed,
      IsDefault: index === 0,
      SortOrder: index + 1,
    });
  });
  org.schemas.Lead.find('Status')?.picklist.forEach((value, index) => {
    org.seed('LeadStatus', {
      ApiName: value,
      MasterLabel: value,
      IsConverted: value === 'Closed - Converted',
      IsDefault: index === 0,
      SortOrder: index + 1,
    });
  });
}

interface Person {
  readonly id: string;
  readonly username: string;
  readonly first: string;
  readonly last: string;
  readonly isActive: boolean;
}

function seedUser(org: Org, { id, username, first, last, isActive }: Person): void {
  const fields = {
    Username: username,
    Name: `${first} ${last}`,
    FirstName: first,
    LastName: last,
    Email: username,
    Alias: first.slice(0, 8).toLowerCase(),
    TimeZoneSidKey: org.options.timeZone,
    UserType: 'Standard',
    IsActive: isActive,
  };
  org.seed('User', fields, id);
}
