import type { ReaderView } from '../../shared/contract/index.ts';
import type { OfficerSession } from './officer-session.ts';

export interface WatchOptions {
  readonly session: OfficerSession;
  /** How long the card may be out before the window is locked: a loose contact is no leave-taking. */
  readonly graceMs: number;
  views(): readonly ReaderView[];
}

/** Locks a session whose card is out of its reader, or whose reader is gone. */
export function watchOfficerCard({ session, graceMs, views }: WatchOptions) {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    /** Something changed at the readers, or the session has begun. */
    look() {
      const card = session.card();
      if (!card || session.isLocked()) {
        stop();
        return;
      }
      const now = views();
      if (now.some((view) => view.reader === card.reader && view.medium?.insertion === card.insertion)) {
        stop();
        return;
      }
      const back = now.find(
        ({ medium }) =>
          medium?.officerCard?.certificateSha256 === card.certificateSha256 &&
          medium.serial === card.mediumSerial,
      );
      if (back && timer !== undefined) {
        stop();
        session.unlock({ ...card, reader: back.reader, insertion: back.medium?.insertion });
        return;
      }
      timer ??= setTimeout(() => {
        timer = undefined;
        session.lock();
      }, graceMs);
    },
    stop,
  };
}
