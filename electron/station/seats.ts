import {
  serve,
  stationContract,
  type Caller,
  type Connection,
  type EventName,
  type EventPayload,
  type FramePort,
  type Handlers,
  type Serving,
  type StationContract,
  type StationDescription,
} from '../shared/contract/index.ts';
import { ok, type Fault, type FaultCode, type Result } from '../shared/result/index.ts';
import type { Workflow } from '../shared/workflow/index.ts';
import type { BankAnchor } from './audit/anchor-at-bank.ts';
import type { BankKeys } from './audit/bank-keys.ts';
import { auditHandlers } from './audit/audit-handlers.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { BankClient } from './bank/bank-client.ts';
import type { BankConnection } from './bank/bank-connection.ts';
import { batchHandlers } from './batches/batch-handlers.ts';
import type { BatchPlace } from './batches/batch-csv.ts';
import type { Batches } from './batches/batches.ts';
import { customerLookupHandlers } from './identity/customer-lookup-handlers.ts';
import { customerHandlers } from './issuance/customer-handlers.ts';
import type { CustomerScreen } from './issuance/customer-screen.ts';
import { issuanceHandlers } from './issuance/issuance-handlers.ts';
import type { IssueInput } from './issuance/issue-input.ts';
import type { ReceiptPlace } from './issuance/receipt.ts';
import { approvals, type ApprovalTools } from './officers/approvals.ts';
import { officerCardHandlers } from './officers/officer-card-handlers.ts';
import { officerEntries, officerEntryHandlers } from './officers/officer-entry-handlers.ts';
import { officerHandlers } from './officers/officer-handlers.ts';
import type { OfficerRegister } from './officers/officer-register.ts';
import { officerSession, type OfficerSession } from './officers/officer-session.ts';
import type { SignInTools } from './officers/sign-in.ts';
import { trainingOfficerCardHandlers } from './officers/training-officer-card.ts';
import { watchOfficerCard } from './officers/watch-officer-card.ts';
import { quarantineHandlers } from './quarantine/quarantine-handlers.ts';
import { deviceHandlers } from './readers/device-handlers.ts';
import { diagnosticsHandlers } from './readers/diagnostics-handlers.ts';
import type { Readers } from './readers/readers.ts';
import type { TraceBook } from './readers/trace-book.ts';
import type { StationDevices } from './readers/station-devices.ts';
import { reprovisionHandlers } from './reprovision/reprovision-handlers.ts';
import type { RestartInput } from './reprovision/restart-chain.ts';
import type { UpgradeAppletInput } from './reprovision/upgrade-applet.ts';
import type { UpgradeInput } from './reprovision/upgrade-client.ts';
import type { WipeInput } from './reprovision/wipe-card.ts';
import { runHandlers } from './runs/run-handlers.ts';
import type { Runs } from './runs/runs.ts';
import type { StationHandlers } from './station-handlers.ts';
import type { StationHost } from './station-host.ts';

/** Whose screen it is. */
export type Seat = 'officer' | 'customer';

/** Everything the calls of the contract need, by room. */
export interface Rooms extends ApprovalTools, SignInTools {
  readonly audit: AuditLog;
  readonly bankAnchor: BankAnchor;
  readonly bankKeys: BankKeys;
  readonly bank: BankClient;
  readonly batches: Batches;
  readonly bankCaPem: () => string;
  bankId(): string | undefined;
  readonly connection: BankConnection;
  connectionNow(): Connection;
  readonly devices: StationDevices;
  readonly host: StationHost;
  readonly issue: Workflow<IssueInput>;
  readonly wipe: Workflow<WipeInput>;
  readonly upgrade: Workflow<UpgradeInput>;
  readonly applet: Workflow<UpgradeAppletInput>;
  readonly restart: Workflow<RestartInput>;
  phoneClient(): Promise<string>;
  readonly place: ReceiptPlace & BatchPlace;
  readonly readers: Readers;
  readonly receiptFolder: string;
  readonly register: OfficerRegister;
  readonly runs: Runs;
  readonly screen: CustomerScreen;
  readonly trace: TraceBook;
  now(): Date;
}

export interface SeatsOptions {
  readonly description: Omit<StationDescription, 'connection'>;
  readonly rooms: Rooms;
  readonly idleMs: number;
  /** How long an officer's card may be out of its reader. */
  readonly officerCardGraceMs: number;
  onBug(where: string, error: unknown): void;
}

/** The screens of the station, each with its own role. */
export interface Seats {
  attach(port: FramePort, seat: Seat): { detach(): void };
  emit<N extends EventName<StationContract>>(name: N, payload: EventPayload<StationContract, N>): void;
  /** Something changed at the readers: an officer's card may be gone. */
  lookAtCards(): void;
  /** The bank is asked about each card that a window was opened with; whose card is over is signed out. */
  askAboutCards(): Promise<void>;
  detachAll(): void;
}

interface Occupied {
  readonly seat: Seat;
  readonly serving: Serving<StationContract>;
  readonly session: OfficerSession;
  lookAtCard(): void;
  detach(): void;
}

export function openSeats(options: SeatsOptions): Seats {
  const { description, rooms, idleMs, onBug } = options;
  const occupied = new Set<Occupied>();
  const { audit } = rooms;

  const emit: Seats['emit'] = (name, payload) => {
    for (const { serving } of occupied) serving.emit(name, payload);
  };

  /**
   * Those who come with the training station show their passwords as long as they have them; those whom a manager
   * entered do not.
   */
  const whoTrains = (): Result<StationDescription['trainingOfficers']> => {
    const entered = rooms.register.all();
    if (!entered.ok) return entered;
    const inForce = entered.value.filter(({ endedAt }) => endedAt === undefined);
    const own: StationDescription['trainingOfficers'] = [];
    for (const { password, ...officer } of description.trainingOfficers) {
      const { officerId, role } = officer;
      if (!inForce.some((each) => each.officerId === officerId && each.role === role)) continue;
      const isOpen = rooms.register.hasOpenPassword(officerId);
      if (!isOpen.ok) return isOpen;
      own.push({ ...officer, ...(isOpen.value && password !== undefined && { password }) });
    }
    const others = inForce.filter(({ officerId }) => !own.some((each) => each.officerId === officerId));
    return ok([...own, ...others.map(({ officerId, name, role }) => ({ officerId, name, role }))]);
  };

  const stationHandlers: StationHandlers<'station.describe' | 'station.setLocale'> = {
    'station.describe': () => {
      const trainingOfficers = description.training ? whoTrains() : ok([]);
      if (!trainingOfficers.ok) return trainingOfficers;
      return ok({
        ...description,
        trainingOfficers: trainingOfficers.value,
        connection: rooms.connectionNow(),
      });
    },
    'station.setLocale': ({ locale }, { role }) => {
      // The customer's choice of language is not the officer's, nor the other way round.
      const seat: Seat = role === 'customer-screen' ? 'customer' : 'officer';
      for (const each of occupied) if (each.seat === seat) each.serving.emit('locale.changed', { locale });
      return ok({});
    },
  };

  const handlersFor = (session: OfficerSession, onBegun: () => void): Handlers<StationContract> => {
    const decisions = approvals(session, rooms);
    return {
      ...stationHandlers,
      ...officerHandlers({ register: rooms.register, session, audit, signIn: rooms, onBegun }),
      ...officerCardHandlers({
        ...rooms,
        approvals: decisions,
        branch: description.branchLatin,
        entries: officerEntries(rooms),
      }),
      ...officerEntryHandlers({
        ...rooms,
        approvals: decisions,
        session,
        onEnded(officerId) {
          for (const each of occupied)
            if (each.session.officer()?.officerId === officerId) each.session.end('officer-ended');
        },
        onReadmitted(officerId) {
          for (const each of occupied)
            if (each.session.officer()?.officerId === officerId) each.session.end('password-replaced');
        },
      }),
      ...trainingOfficerCardHandlers({ ...rooms, branch: description.branchLatin }),
      ...deviceHandlers({ ...rooms, connection: rooms.connectionNow }),
      ...diagnosticsHandlers({ ...rooms, description, connection: rooms.connectionNow }),
      ...customerLookupHandlers(rooms.bank, audit),
      ...issuanceHandlers({ ...rooms, workflow: rooms.issue }),
      ...runHandlers(rooms.runs),
      ...reprovisionHandlers(rooms),
      ...batchHandlers(rooms),
      ...quarantineHandlers({ ...rooms, approvals: decisions }),
      ...auditHandlers({ ...rooms, approvals: decisions }),
      ...customerHandlers(rooms.screen, rooms.runs),
    };
  };

  const recordRefusal = (name: string, { code, data }: Fault, caller: Caller) => {
    const { fields } = data;
    audit.append({
      event: 'call.refused',
      outcome: 'refused',
      officerId: caller.officerId,
      faultCode: code,
      data: {
        // A name that is not in the contract is somebody's invention and is not repeated.
        call: Object.hasOwn(stationContract.calls, name) ? name : 'unknown',
        role: caller.role,
        ...(typeof fields === 'string' && { fields: fields.slice(0, 120) }),
      },
    });
  };

  return {
    attach(port, seat) {
      const session = officerSession({
        idleMs,
        onLock({ officerId }) {
          audit.append({ event: 'officer.locked', outcome: 'ok', officerId });
          serving.emit('officers.locked', {});
        },
        onEnd(officer, reason) {
          watch.stop();
          audit.append({
            event: 'officer.signed-out',
            outcome: 'ok',
            officerId: officer.officerId,
            data: { reason },
          });
          serving.emit('officers.signedOut', { reason });
        },
      });
      const watch = watchOfficerCard({
        session,
        graceMs: options.officerCardGraceMs,
        views: () => rooms.readers.views(),
      });
      const handlers = handlersFor(session, () => watch.look());
      const serving = serve(stationContract, touching(port, session), handlers, {
        caller: () =>
          seat === 'customer' ? { role: 'customer-screen', officerId: undefined } : session.caller(),
        onBug(name, error) {
          audit.append({ event: 'call.broken', outcome: 'failed', data: { call: name } });
          onBug(name, error);
        },
        onRefused: recordRefusal,
      });
      const place: Occupied = {
        seat,
        serving,
        session,
        lookAtCard: () => watch.look(),
        detach() {
          serving.stop();
          session.end('asked');
          occupied.delete(place);
        },
      };
      occupied.add(place);
      return { detach: () => place.detach() };
    },
    emit,
    lookAtCards() {
      for (const place of occupied) place.lookAtCard();
    },
    async askAboutCards() {
      for (const { session } of [...occupied]) {
        const [officer, card] = [session.officer(), session.card()];
        if (!officer || !card) continue;
        const { certificateSha256 } = card;
        const good = await rooms.checks.check({ ...officer, certificateSha256 });
        // A bank that cannot be reached says nothing; the card may be another one by now.
        const isOver = !good.ok && cardIsOver.includes(good.fault.code);
        if (isOver && session.card()?.certificateSha256 === certificateSha256) session.end('card-ended');
      }
    },
    detachAll() {
      for (const place of [...occupied]) place.detach();
    },
  };
}

const cardIsOver: readonly FaultCode[] = ['officer-card-revoked', 'officer-card-unknown'];

/** Every call is a sign that somebody is there. */
const touching = (port: FramePort, session: OfficerSession): FramePort => ({
  send: (frame) => port.send(frame),
  onFrame: (listener) =>
    port.onFrame((frame) => {
      if (frame.kind === 'call') session.touch();
      listener(frame);
    }),
});
