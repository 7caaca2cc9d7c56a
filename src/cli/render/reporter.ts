import type { Event } from '../../operate/events.ts';

/** Draws what happens. */
export interface Reporter {
  emit(event: Event): void;
  /** Draws the last state. Afterwards others may print. Safe to call twice. */
  close(): Promise<void>;
}
