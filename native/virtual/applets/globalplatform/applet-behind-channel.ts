import { answer, status, type Applet } from '../applet.ts';
import { cardChannel } from './card-channel.ts';
import type { DomainState } from './domain-state.ts';

/**
 * Another application that takes commands through a channel under its domain's keys, as cards for SCP-only
 * personalisation have it. The application sees the plain command, its class without the secured bit.
 */
export const appletBehindChannel = (
  domain: DomainState,
  make: (channelIsOpen: () => boolean) => Applet,
): Applet => {
  const channel = cardChannel(domain);
  const inner = make(() => (channel.level() ?? 0) !== 0);
  return {
    aid: inner.aid,
    select: (command) => inner.select(command),
    forget() {
      channel.forget();
      inner.forget();
    },
    piece(soFar) {
      // Under a channel nobody can read a piece before its MAC has come.
      if ((soFar.cla & 0x04) === 0) inner.piece?.(soFar);
    },
    process(command) {
      const begun = channel.begin(command, inner.aid);
      if (begun !== undefined) return begun;
      if ((command.cla & 0x04) === 0 || (channel.level() ?? 0) === 0) {
        // A command outside the channel ends it.
        channel.forget();
        return inner.process(command);
      }
      const opened = channel.open(command);
      return opened === undefined
        ? answer(status.securityNotSatisfied)
        : channel.close(channel.session(opened) ?? inner.process(opened));
    },
  };
};
