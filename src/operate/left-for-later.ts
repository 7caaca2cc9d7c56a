/**
 * Thrown by a step that cannot be done now, which is nobody's fault: what needs it is left out, the rest is done, and the
 * run ends well.
 */
export class LeftForLater extends Error {
  /** What to do, or what goes on with it: a sentence with a command. */
  readonly todo: string;

  constructor(what: string, todo: string) {
    super(what);
    this.name = 'LeftForLater';
    this.todo = todo;
  }
}
