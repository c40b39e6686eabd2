import type { DaemonServices } from '../../daemon/services.ts';

/** What `demo --crm` takes. */
export const DEMO_CRMS = ['sandbox', 'hubspot', 'salesforce'] as const;

export type DemoCrmName = (typeof DEMO_CRMS)[number];

export type Counts = Readonly<Record<'contact' | 'call' | 'task', number>>;

/** The CRM of a demo: where records go, and what there is to see of them. */
export interface DemoCrm {
  /** The name of its destination, too. */
  readonly name: DemoCrmName;
  /** In a sentence. */
  readonly title: string;
  /** What an unknown caller becomes there. */
  readonly person: 'contact' | 'lead';
  /** The destination as YAML, after its name. */
  readonly config: string;
  /** Makes it ready before the first webhook. */
  prepare(services: DaemonServices): Promise<void>;
  count(services: DaemonServices): Promise<Counts>;
  /** Prints what it holds; false when something about it is not right. */
  print(calls: number): boolean;
  /** Commands to look around with. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

/** The CRM of our own. */
export const SANDBOX: DemoCrm = {
  name: 'sandbox',
  title: 'the sandbox',
  person: 'contact',
  config: '{ type: sandbox }',
  prepare: () => Promise.resolve(),
  async count({ ledger }) {
    const of = async (kind: keyof Counts): Promise<number> =>
      (await ledger.sandbox.listRecords('sandbox', kind, 1000)).length;
    return { contact: await of('contact'), call: await of('call'), task: await of('task') };
  },
  print: () => true,
  commands: ['sandbox'],
  close: () => Promise.resolve(),
};
