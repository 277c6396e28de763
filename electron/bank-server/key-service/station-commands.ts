import { toHex, type CommandApdu } from '../../shared/codec/index.ts';
import { fail, type Result } from '../../shared/result/index.ts';
import type { CardContent } from './card-content.ts';

/*
 * Which commands the bank wraps for a station. A MAC under a card's keys is the bank's word to the card, so what is
 * not in this table is refused: there are commands in every card that no step of a station needs and that would be
 * worth something to whoever has taken one over.
 *
 *   not here              because
 *   PUT KEY               keys reach a card only by `changeChannelKeys`
 *   CHANGE REFERENCE DATA PIN and PUK only by `changePivSecrets`; with the old value it needs no channel
 *   DELETE of a key       would leave the card under the keys of delivery, or under none
 *   PUT of OATH           seeds of one-time passwords only by `wrapSecrets`
 *   STORE DATA            no applet of the bank's is personalised by a station
 *   INSTALL for other ends  make-selectable alone, extradition, registry update, personalization: the first card
 *                         manager beside the bank, or an applet with more privileges, would come by these
 *   SET STATUS            locks or ends a card or an application for ever
 *   00 DB 3F00            OpenFIPS201's administration: other access rules, keys without a PIN
 *   any other class       chaining is the station's, and secure messaging is what the bank adds
 */
interface Rule {
  readonly cla: number;
  readonly ins: number;
  readonly p1?: readonly number[];
  readonly p2?: readonly number[];
  readonly allows: (content: CardContent, command: CommandApdu) => Result<void> | Promise<Result<void>>;
}

const rules: readonly Rule[] = [
  // GET STATUS: a technician sees what is on a card, and an upgrade plans by it. Changes nothing.
  { cla: 0x80, ins: 0xf2, allows: (content) => content.leave() },
  // DELETE of an object, with P2 = 80 all that was made from it: the old version goes before the new one comes.
  { cla: 0x80, ins: 0xe4, p1: [0], p2: [0, 0x80], allows: (content, command) => content.delete(command) },
  // INSTALL [for load] and LOAD: a package of the bank's list.
  { cla: 0x80, ins: 0xe6, p1: [0x02], p2: [0], allows: (content, command) => content.beginLoad(command) },
  { cla: 0x80, ins: 0xe8, allows: (content, command) => content.load(command) },
  // INSTALL [for install and make selectable]: an instance that the list names, with the privileges that it names.
  { cla: 0x80, ins: 0xe6, p1: [0x0c], p2: [0], allows: (content, command) => content.install(command) },
  // PUT DATA of PIV, and GENERATE ASYMMETRIC KEY PAIR: certificate, objects and key of a card without a management key.
  { cla: 0x00, ins: 0xdb, p1: [0x3f], p2: [0xff], allows: (content) => content.leave() },
  { cla: 0x00, ins: 0x47, p1: [0], allows: (content) => content.leave() },
  // BEGIN and END R-MAC SESSION: answers under a MAC where a card offers that only for a while. Changes nothing.
  { cla: 0x80, ins: 0x7a, allows: (content) => content.leave() },
  { cla: 0x80, ins: 0x78, allows: (content) => content.leave() },
];

/**
 * Faults: card-command-refused {command: its first four bytes}, those of `CardContent`.
 */
export const allowCommand = async (content: CardContent, command: CommandApdu): Promise<Result<void>> => {
  const { cla, ins, p1, p2 } = command;
  const rule = rules.find(
    (each) =>
      each.cla === cla &&
      each.ins === ins &&
      (each.p1?.includes(p1) ?? true) &&
      (each.p2?.includes(p2) ?? true),
  );
  return rule
    ? rule.allows(content, command)
    : fail('card-command-refused', { command: toHex(new Uint8Array([cla, ins, p1, p2])) });
};
