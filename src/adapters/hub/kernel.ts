import { randomUUID } from 'node:crypto';
import type { Kernel } from '../../ports.ts';
import type { Browser } from './browser.ts';

/** Jupyter's messages as they come over the websocket ("Messaging in Jupyter", jupyter-client). */
interface Message {
  readonly channel: string;
  readonly header: { readonly msg_type: string };
  readonly parent_header: { readonly msg_id?: string };
  readonly content: {
    readonly text?: string;
    readonly execution_state?: string;
    readonly status?: string;
    readonly ename?: string;
    readonly evalue?: string;
    readonly data?: Readonly<Record<string, string>>;
  };
}

/** Longest wait for a kernel to come up or a cell to end. */
const patience = 60_000;

/** Longest wait for output that comes after the kernel has said that the cell is done. */
const latest = 5000;

/** Opens a Python kernel at the server of that address (`…/user/NAME/`) and speaks to it as JupyterLab does. */
export async function openKernel(browser: Browser, server: string): Promise<Kernel> {
  const answer = await browser.send('POST', `${server}api/kernels`, { name: 'python3' });
  if (answer.status !== 201) throw new Error(`the server answered ${answer.status} to the wish for a kernel`);
  const { id } = JSON.parse(answer.text) as { id: string };
  const session = randomUUID();
  const address = `${server}api/kernels/${id}/channels?session_id=${session}`;
  const socket = await connect(address.replace(/^http/, 'ws'), browser.headersFor(address));
  return {
    run: (code) => execute(socket, session, code),
    close: async () => {
      socket.close();
      await browser.send('DELETE', `${server}api/kernels/${id}`);
    },
  };
}

function connect(url: string, headers: Record<string, string>): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    // Node's WebSocket takes headers, which the web's does not (undici, WebSocketInit).
    const socket = new WebSocket(url, { headers });
    const timer = setTimeout(() => reject(new Error('the websocket does not open')), patience);
    socket.addEventListener('open', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.addEventListener('error', () => {
      clearTimeout(timer);
      reject(new Error('the websocket was refused'));
    });
  });
}

function execute(socket: WebSocket, session: string, code: string): Promise<string> {
  const id = randomUUID();
  return new Promise((resolve, reject) => {
    let output = '';
    let idle = false;
    let late: NodeJS.Timeout | undefined;
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      clearTimeout(late);
      socket.removeEventListener('message', receive);
      socket.removeEventListener('close', closed);
      settle();
    };
    const closed = (): void => finish(() => reject(new Error('the connection to the kernel was cut')));
    const receive = (event: MessageEvent): void => {
      const message = JSON.parse(String(event.data)) as Message;
      if (message.parent_header.msg_id !== id) return;
      const { content, header } = message;
      if (header.msg_type === 'stream') output += content.text ?? '';
      if (header.msg_type === 'execute_result') output += content.data?.['text/plain'] ?? '';
      if (header.msg_type === 'error') finish(() => reject(new Error(`${content.ename}: ${content.evalue}`)));
      if (header.msg_type === 'execute_reply' && content.status === 'aborted')
        finish(() => reject(new Error('the kernel did not run the cell')));
      // The kernel is idle again: what the cell printed has come (Messaging in Jupyter, "kernel status"). Almost: on a
      // busy machine it sometimes comes a moment later (ipykernel's kernelbase.py says so itself).
      if (header.msg_type === 'status' && content.execution_state === 'idle') idle = true;
      if (idle && output !== '') finish(() => resolve(output));
      else if (idle) late ??= setTimeout(() => finish(() => resolve(output)), latest);
    };
    const timer = setTimeout(() => finish(() => reject(new Error('the kernel does not answer'))), patience);
    socket.addEventListener('message', receive);
    socket.addEventListener('close', closed);
    socket.send(JSON.stringify(executeRequest(id, session, code)));
  });
}

function executeRequest(id: string, session: string, code: string): unknown {
  return {
    channel: 'shell',
    header: {
      msg_id: id,
      msg_type: 'execute_request',
      username: '',
      session,
      version: '5.3',
      date: new Date().toISOString(),
    },
    parent_header: {},
    metadata: {},
    content: {
      code,
      silent: false,
      store_history: false,
      user_expressions: {},
      allow_stdin: false,
      // Else the kernel aborts for a moment whatever comes after a cell that failed (ipykernel, `_abort_queues`).
      stop_on_error: false,
    },
    buffers: [],
  };
}
