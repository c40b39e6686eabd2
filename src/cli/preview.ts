import { previewEvent, type Preview, type PreviewedIntegration, type PreviewedStep } from '../integrations/preview.ts';
import { didYouMean } from '../shared/nearest.ts';
import { oneLine } from '../shared/harmless.ts';
import { CommandFailure } from './failure.ts';
import { count, indent, print, printJson, shortTime } from './output.ts';
import { isSyncReport, reportLines, requestLines } from './report.ts';
import { readBodyFile } from './send.ts';
import { withServices } from './with-services.ts';

const PREVIEW_TIMEOUT_MS = 60_000;

/** `hookline preview`: what a webhook would change. CRMs are read, nothing is written anywhere. */
export async function preview(sourceName: string, file: string, options: { readonly json?: boolean }): Promise<void> {
  const body = readBodyFile(file);
  await withServices(async ({ ledger, clock, compiled }) => {
    const source = compiled.sources.get(sourceName);
    if (source === undefined) {
      throw new CommandFailure(
        `There is no source "${sourceName}".${didYouMean(sourceName, [...compiled.sources.keys()])}`,
        2,
      );
    }
    const signed = source.adapter.sign(body, { nowMs: clock.now() });
    const result = await previewEvent(
      { ledger, clock, integrations: compiled.integrations },
      {
        source,
        platform: source.platform,
        body: signed.body,
        contentType: signed.headers['content-type'] ?? null,
        headers: Object.entries(signed.headers),
        signal: AbortSignal.timeout(PREVIEW_TIMEOUT_MS),
      },
    );
    if (options.json === true) printJson(result);
    else printPreview(result);
    if (wouldFail(result)) throw new CommandFailure('Not everything would be written: see above.');
  });
}

function wouldFail(result: Preview): boolean {
  if (result.kind === 'no_call') return false;
  const steps = result.integrations.flatMap((integration) => (integration.kind === 'matched' ? integration.steps : []));
  return steps.some(({ outcome }) => outcome !== null && outcome.kind !== 'done');
}

function printPreview(result: Preview): void {
  const { event } = result;
  print(
    `${event.type} (${oneLine(event.providerEvent ?? 'no name')})${event.callId === null ? '' : ` of call ${oneLine(event.callId)}`}`,
  );
  for (const note of event.notes) print(indent(`note: ${note}`, 2));
  if (result.kind === 'no_call') return print(result.reason);
  const { call } = result;
  if (result.duplicateOf !== null)
    print(indent(`It is in the ledger already (${result.duplicateOf}) and would be dropped as a duplicate.`, 2));
  const seconds = call.duration_s === null ? '' : `, ${call.duration_s} s`;
  const customer = call.customer_number ?? 'unknown';
  const earlier = count(result.knownEvents, 'earlier event');
  print(indent(`${call.direction}, ${call.status}${seconds}, customer ${customer}; ${earlier}`, 2));
  for (const integration of result.integrations) printIntegration(integration);
  print('\nNothing was written.  ~ write  = same  ! kept  x dropped');
}

function printIntegration(integration: PreviewedIntegration): void {
  print(`\n${integration.integration}`);
  if (integration.kind === 'unmatched') return print(indent(`does not match: ${integration.reason}`, 2));
  print(`  matches ${integration.trigger}`);
  if (integration.waitsUntil !== null)
    print(`  would wait for analysed data until ${shortTime(integration.waitsUntil)}`);
  for (const step of integration.steps) printStep(step);
}

function printStep(step: PreviewedStep): void {
  print(`  ${step.kind} → ${step.destination}`);
  if (isSyncReport(step.result)) for (const line of reportLines(step.result, 4)) print(line);
  if (step.outcome !== null && step.outcome.kind !== 'done') {
    print(indent(`would end: ${step.outcome.kind}: ${step.outcome.reason}`, 4));
    if (step.outcome.hint !== undefined) print(indent(`hint: ${step.outcome.hint}`, 4));
  }
  if (step.requests.length > 0) print('    requests');
  for (const request of step.requests) for (const line of requestLines(request, 6)) print(line);
}
