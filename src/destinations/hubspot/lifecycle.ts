import type { Task } from './write-record.ts';

const FIELD = 'lifecyclestage';

/** In HubSpot's order; accounts may have stages of their own, which the schema lists in order. */
const USUAL_STAGES = 'subscriber lead marketingqualifiedlead salesqualifiedlead opportunity customer evangelist'.split(
  ' ',
);

/** A stage only moves forward (hubspot.md section 5.1). Looks only when a stage is to be written. */
export async function keepLifecycleForward(task: Task): Promise<Task> {
  const { write, properties } = task;
  const { [FIELD]: wanted, ...others } = properties;
  if (write.kind !== 'contact' || write.id === null || wanted === undefined) return task;
  const current = await readStage(task, write.id);
  const stages = stagesOf(task);
  if (current === null || stages.indexOf(wanted) >= stages.indexOf(current)) return task;
  const reason = `the contact is at "${current}" already, and a stage only moves forward`;
  return { ...task, properties: others, notes: [...task.notes, { field: FIELD, kind: 'dropped', reason }] };
}

async function readStage({ parts, context }: Task, id: string): Promise<string | null> {
  const looked = await parts.readById.contact(id, context);
  return looked.kind === 'record' ? (looked.record.properties[FIELD] ?? null) : null;
}

function stagesOf({ portal }: Task): readonly string[] {
  return portal.schemas.contact?.get(FIELD)?.options?.map(({ value }) => value) ?? USUAL_STAGES;
}
