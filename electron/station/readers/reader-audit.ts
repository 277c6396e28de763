import type { AuditLog } from '../audit/audit-log.ts';
import type { ReaderEvent } from './readers.ts';

/** What comes and goes at the readers, in the log. */
export const recordReaderEvents =
  (audit: AuditLog) =>
  (event: ReaderEvent): void => {
    const { reader } = event;
    switch (event.kind) {
      case 'reader-appeared':
        audit.append({ event: 'reader.appeared', outcome: 'ok', reader, data: { virtual: event.virtual } });
        return;
      case 'reader-gone':
        audit.append({ event: 'reader.gone', outcome: 'ok', reader });
        return;
      case 'medium-inserted': {
        const { serial, medium, atr } = event;
        const data = { kind: medium, ...(atr !== undefined && { atr }) };
        audit.append({ event: 'medium.inserted', outcome: 'ok', reader, serial, data });
        return;
      }
      case 'medium-removed':
        audit.append({ event: 'medium.removed', outcome: 'ok', reader, serial: event.serial });
    }
  };
