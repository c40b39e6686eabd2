import { globSync, readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';

import { ENVIRONMENT_NAMES, parseEnvironment, type Environment } from '../../../src/config/environment.ts';
import { WORK_GRACE_MS } from '../../../src/daemon/start-work.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { RECEIVE_GRACE_MS } from '../../../src/receive/start-receiver.ts';
import { problemsWithAllSet } from '../../support/config-files.ts';

// What operators copy to run Hookline: it has to fit the daemon, the image, and each other.

const COMPOSE = 'docker-compose.yml';
const DOCKERFILE = readFileSync('Dockerfile', 'utf8');

test.each([COMPOSE, ...globSync('deploy/**/*.yaml')])('%s is YAML', (file) => {
  const documents = parseAllDocuments(readFileSync(file, 'utf8'), { merge: true });
  if (!Array.isArray(documents)) throw new Error('it is empty');
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
});

function environmentOf(variables: Record<string, string>): Environment {
  const result = parseEnvironment(variables);
  if (result.kind === 'invalid') throw new Error(result.problems.join('\n'));
  return result.environment;
}

/** Longest stop of any role: drain and webhooks, and meanwhile runs; then their last words, pauses, connections. */
const DRAIN_SECONDS = environmentOf({ DATABASE_URL: 'postgres://host/db' }).drainSeconds;
const STOP_SECONDS = Math.max(DRAIN_SECONDS + RECEIVE_GRACE_MS / 1000, WORK_GRACE_MS / 1000) + 5;

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly command?: readonly string[];
  readonly deploy?: { readonly replicas: number };
  readonly environment: Record<string, string>;
  readonly healthcheck?: JsonObject;
  readonly stop_grace_period: string;
  readonly read_only: boolean;
  readonly depends_on?: Record<string, { readonly condition: string }>;
}

describe('docker-compose.yml', () => {
  const { services } = parse(readFileSync(COMPOSE, 'utf8'), { merge: true }) as { services: Record<string, Service> };
  const service = (name: string): Service => {
    const found = services[name];
    if (found === undefined) throw new Error(`there is no service ${name}`);
    return found;
  };
  /** As Compose fills it in from .env. */
  const filled = ({ environment }: Service): Record<string, string> =>
    Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value.replaceAll('${POSTGRES_PASSWORD-}', 'pw1')]),
    );

  test('without a profile it is one embedded daemon', () => {
    const plain = Object.keys(services).filter((name) => service(name).profiles === undefined);
    expect(plain).toEqual(['hookline']);
    expect(environmentOf(filled(service('hookline'))).mode).toEqual({ kind: 'embedded', dataDir: '/data' });
  });

  test.each(['receiver', 'worker'])('the profile runs two of role %s, scaled out', (role) => {
    const { profiles, command, deploy, depends_on: needs } = service(role);
    expect({ profiles, command, replicas: deploy?.replicas }).toEqual({
      profiles: ['scale'],
      command: ['start', '--role', role],
      replicas: 2,
    });
    expect(environmentOf(filled(service(role)))).toMatchObject({
      port: 8080,
      mode: { kind: 'scaled_out', redis: { options: { host: 'redis' } } },
    });
    expect(needs).toEqual({
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
  });

  test.each(['hookline', 'receiver', 'worker'])('%s: known variables, time to stop, nothing writable', (name) => {
    const { environment, stop_grace_period: grace, read_only: readOnly } = service(name);
    expect(Object.keys(environment).filter((variable) => !ENVIRONMENT_NAMES.includes(variable))).toEqual([]);
    expect(grace).toMatch(/^\d+s$/);
    expect(Number.parseInt(grace, 10)).toBeGreaterThanOrEqual(STOP_SECONDS);
    expect(readOnly).toBe(true);
  });

  test('PostgreSQL 16 or newer; Redis keeps what it holds and evicts nothing; both are asked for their health', () => {
    const [, major] = /^postgres:(\d+)/.exec(service('postgres').image) ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(16);
    const command = service('redis').command?.join(' ');
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
    for (const name of ['postgres', 'redis']) expect(service(name).healthcheck).toBeDefined();
  });

  test('the balancer asks the receivers by their name, port and readiness', () => {
    const config = readFileSync('deploy/haproxy/haproxy.cfg', 'utf8');
    expect(config).toContain('option httpchk GET /readyz');
    expect(config).toMatch(/server-template receiver \d+ receiver:8080 /);
    const [, inter, fall] = /inter (\d+)s fall (\d+)/.exec(config) ?? [];
    expect(Number(inter) * (Number(fall) + 1)).toBeLessThan(DRAIN_SECONDS);
  });
});

interface Container {
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: JsonObject;
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } };
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: { readonly runAsUser: number };
  readonly containers: readonly [Container];
}

interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly selector: JsonObject;
    readonly template: { readonly metadata: { readonly labels: JsonObject }; readonly spec: PodSpec };
    readonly ports: readonly { readonly targetPort: string }[];
  };
  readonly data: Record<string, string>;
  readonly stringData: Record<string, string>;
}

describe('deploy/kubernetes', () => {
  const manifests = globSync('deploy/kubernetes/*.yaml').flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest),
  );
  const only = (kind: string): Manifest => {
    const [found] = manifests.filter((manifest) => manifest.kind === kind);
    if (found === undefined) throw new Error(`there is no ${kind}`);
    return found;
  };
  const podOf = (role: string): PodSpec => {
    const found = manifests.find(({ spec }) => spec?.template?.spec.containers[0].args.includes(role));
    if (found === undefined) throw new Error(`there is no Deployment of role ${role}`);
    return found.spec.template.spec;
  };
  const { stringData: secrets } = only('Secret');
  const config = only('ConfigMap').data['hookline.yaml'] ?? '';

  test('its config is right, and every secret is used', () => {
    expect(problemsWithAllSet(config)).toEqual([]);
    const unused = Object.keys(secrets).filter(
      (name) => !ENVIRONMENT_NAMES.includes(name) && !config.includes(`\${${name}}`),
    );
    expect(unused).toEqual([]);
  });

  test.each(['receiver', 'worker'])('%s: the variables, ports and probes fit', (role) => {
    const { containers, terminationGracePeriodSeconds: grace } = podOf(role);
    const { args, env, ports } = containers[0];
    expect(args).toEqual(['start', '--role', role]);
    expect(env.map(({ name }) => name).filter((name) => !ENVIRONMENT_NAMES.includes(name))).toEqual([]);
    const variables = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const environment = environmentOf({ ...secrets, ...variables });
    expect(environment.mode.kind).toBe('scaled_out');
    const byName = new Map(ports.map(({ name, containerPort }) => [name, containerPort]));
    expect(byName.get('admin')).toBe(environment.adminPort);
    expect(byName.get('http')).toBe(role === 'receiver' ? environment.port : undefined);
    // The kubelet comes from outside.
    expect(environment.adminHost).toBe('0.0.0.0');
    const probes = (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).map((probe) => containers[0][probe]);
    expect(probes.map((probe) => probe?.httpGet.path)).toEqual(['/healthz', '/healthz', '/readyz']);
    for (const probe of probes) expect(byName.has(probe?.httpGet.port ?? '')).toBe(true);
    expect(grace).toBeGreaterThanOrEqual(STOP_SECONDS);
  });

  test.each(['receiver', 'worker'])('%s: runs as the user of the image, and can write nothing', (role) => {
    const { containers, securityContext } = podOf(role);
    expect(DOCKERFILE).toContain(`\nUSER ${securityContext.runAsUser}\n`);
    expect(securityContext).toMatchObject({ runAsNonRoot: true });
    expect(containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    const flags = /node (--.*) src\/main\.js start$/.exec(scripts.start)?.[1];
    expect(DOCKERFILE).toContain(`/app/node_modules/.bin/node ${flags} /app/src/main.js "$@"`);
    expect(DOCKERFILE).toContain('ENTRYPOINT ["hookline"]');
  });

  test('the Service and the disruption budget mean the receivers', () => {
    const receiver = manifests.find(({ spec }) => spec?.template?.spec.containers[0].args.includes('receiver'));
    const labels = receiver?.spec.template.metadata.labels;
    expect(only('Service').spec.selector).toEqual(labels);
    expect(only('PodDisruptionBudget').spec.selector).toEqual({ matchLabels: labels });
    expect(only('Service').spec.ports.map(({ targetPort }) => targetPort)).toEqual(['http']);
  });
});
