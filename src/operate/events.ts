/** What happens while a command works. The edge decides how it is drawn: a terminal, plain lines or JSON. */
export type Event =
  /** Steps that are about to be done, some of them side by side. */
  | {
      readonly type: 'stepsPlanned';
      readonly steps: readonly { readonly id: string; readonly title: string }[];
    }
  | { readonly type: 'stepStarted'; readonly id: string; readonly title: string }
  | { readonly type: 'stepProgress'; readonly id: string; readonly text: string }
  | { readonly type: 'stepDone'; readonly id: string; readonly title: string; readonly seconds: number }
  | {
      readonly type: 'stepFailed';
      readonly id: string;
      readonly title: string;
      readonly seconds: number;
      readonly message: string;
    }
  /** It could not be done now, and what needs it was not begun: no fault. */
  | {
      readonly type: 'stepLeft';
      readonly id: string;
      readonly title: string;
      readonly seconds: number;
      readonly message: string;
    }
  | { readonly type: 'note'; readonly severity: 'info' | 'warning'; readonly text: string };

export type Emit = (event: Event) => void;
