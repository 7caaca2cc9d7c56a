import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const shell = promisify(execFile);

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    hub: { type: 'object', additionalProperties: false, properties: { size: { type: 'integer' } } },
  },
};

const template = `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }}, annotations: { kubernetes: {{ .Capabilities.KubeVersion.Version | quote }} } }
spec:
  replicas: 0
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec: { containers: [{ name: hub, image: "example.org/hub:{{ .Chart.Version }}", env: [{ name: SIZE, value: {{ .Values.hub.size | quote }} }] }] }
---
apiVersion: batch/v1
kind: Job
metadata: { name: {{ .Release.Name }}-hook, annotations: { helm.sh/hook: test } }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: "example.org/hook:1" }] } } }
`;

/** Writes a chart that calls itself jupyterhub. @returns its folder. */
export async function tinyChart(parent: string, version: string, comment = ''): Promise<string> {
  const folder = join(parent, `chart-${version}${comment}`);
  await mkdir(join(folder, 'templates'), { recursive: true });
  const chart = `apiVersion: v2\nname: jupyterhub\nversion: ${version}\nkubeVersion: ">=1.28.0-0"\ndescription: "${comment}"\n`;
  await writeFile(join(folder, 'Chart.yaml'), chart);
  await writeFile(join(folder, 'values.yaml'), 'hub: { size: 1 }\n');
  await writeFile(join(folder, 'values.schema.json'), JSON.stringify(schema));
  await writeFile(join(folder, 'templates', 'all.yaml'), template);
  return folder;
}

/** Packs it. @returns the path of the .tgz. */
export async function packed(helm: string, chart: string, into: string): Promise<string> {
  await mkdir(into, { recursive: true });
  const { stdout } = await shell(helm, ['package', chart, '--destination', into]);
  return stdout.trim().split(': ').at(-1) ?? '';
}

/** A chart repository: the folder's charts with an index of them. */
export class ChartRepository {
  readonly folder: string;
  readonly asked: string[] = [];
  readonly #helm: string;
  #server: Server | undefined;

  constructor(helm: string, folder: string) {
    this.#helm = helm;
    this.folder = folder;
  }

  get url(): string {
    const address = this.#server?.address() as AddressInfo | undefined;
    if (!address) throw new Error('not started');
    return `http://127.0.0.1:${address.port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '/';
      this.asked.push(path);
      void readFile(join(this.folder, path)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end('not found'),
      );
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
  }

  async add(chart: string): Promise<void> {
    await packed(this.#helm, chart, this.folder);
    await shell(this.#helm, ['repo', 'index', this.folder, '--url', this.url]);
  }

  stop(): void {
    this.#server?.close();
  }
}
