import type { JsonObject } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { ok, type ApiCall } from './api.ts';
import { ALL_TYPES, OBJECT_TYPES, type ObjectType } from './object-types.ts';
import { notFound } from './refusals.ts';

/** What `check` asks about the account: who it is, owners, pipelines, limits. */

export function readAccount({ portal }: ApiCall): ApiAnswer {
  const { portalId, timeZone } = portal.options;
  return ok({
    portalId,
    accountType: 'STANDARD',
    timeZone,
    companyCurrency: 'USD',
    additionalCurrencies: [],
    utcOffset: '-05:00',
    utcOffsetMilliseconds: -18_000_000,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'na1',
  });
}

export function listOwners({ portal, request }: ApiCall): ApiAnswer {
  const email = request.query.get('email');
  const limit = Number(request.query.get('limit') ?? 100);
  const archived = request.query.get('archived') === 'true';
  const owners = portal.options.owners.filter(
    (owner) => (owner.archived === true) === archived && (email === null || owner.email === email.toLowerCase()),
  );
  return ok({ results: owners.slice(0, limit).map(showOwner) });
}

export function readOwner(id: string, { portal }: ApiCall): ApiAnswer {
  const owner = portal.options.owners.find((one) => one.id === id && one.archived !== true);
  if (owner === undefined) throw notFound(`No owner with id ${id}.`);
  return ok(showOwner(owner));
}

function showOwner({ id, email, archived }: { id: string; email: string; archived?: boolean }): JsonObject {
  return {
    id,
    email,
    type: 'PERSON',
    firstName: email.split('@')[0] ?? '',
    lastName: 'Example',
    // The user id is another number than the owner id.
    userId: Number(id) + 50_000,
    userIdIncludingInactive: Number(id) + 50_000,
    createdAt: '2024-01-01T00:00:00.000Z',
    updatedAt: '2024-01-01T00:00:00.000Z',
    archived: archived === true,
  };
}

/** Property that holds the stage, per object with pipelines. */
const PIPELINES: Partial<Record<ObjectType, { readonly id: string; readonly label: string; readonly stage: string }>> =
  {
    tickets: { id: '0', label: 'Support Pipeline', stage: 'hs_pipeline_stage' },
    deals: { id: 'default', label: 'Sales Pipeline', stage: 'dealstage' },
  };

export function listPipelines(type: ObjectType, { portal }: ApiCall): ApiAnswer {
  const pipeline = PIPELINES[type];
  if (pipeline === undefined) throw notFound(`There are no pipelines for ${type}.`);
  const stages = portal.schemas[type].find(pipeline.stage)?.options ?? [];
  return ok({
    results: [
      {
        id: pipeline.id,
        label: pipeline.label,
        displayOrder: 0,
        stages: stages.map(({ value, label, displayOrder }) => ({
          id: value,
          label,
          displayOrder,
          metadata: {},
          archived: false,
          ...AT,
        })),
        archived: false,
        ...AT,
      },
    ],
  });
}

const AT = { createdAt: '2024-01-01T00:00:00.000Z', updatedAt: '2024-01-01T00:00:00.000Z' };

export function readPropertyLimits({ portal }: ApiCall): ApiAnswer {
  const byObjectType = ALL_TYPES.map((type) => {
    const own = [...portal.schemas[type].properties.values()].filter(({ hubspotDefined }) => !hubspotDefined);
    return { objectTypeId: OBJECT_TYPES[type].typeId, limit: 1000, usage: own.length };
  });
  return ok({ byObjectType });
}

/** `GET /calling/v1/dispositions`: the numbered way to the options of `hs_call_disposition`. */
export function listDispositions({ portal }: ApiCall): ApiAnswer {
  const options = portal.schemas.calls.find('hs_call_disposition')?.options ?? [];
  const dispositions = options.map(({ value, label }) => ({ id: value, label, deleted: false }));
  return { status: 200, body: dispositions };
}
