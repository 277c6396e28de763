import { timingSafeEqual } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/**
 * The value that only the two ends of this connection know (RFC 7030, 3.5): with TLS 1.3 the exporter of
 * RFC 9266, with TLS 1.2 tls-unique of RFC 5929, which is the client's Finished of a full handshake. A resumed
 * TLS 1.2 session has none that could be trusted (RFC 7627, 1).
 */
export const channelBinding = (socket: TLSSocket): Buffer | undefined =>
  socket.getProtocol() === 'TLSv1.3'
    ? socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
    : socket.isSessionReused()
      ? undefined
      : socket.getPeerFinished();

/** Is the request's challengePassword the base64 of this connection's own value? */
export const isBoundTo = (socket: TLSSocket, challengePassword: string): boolean => {
  const binding = channelBinding(socket);
  if (binding === undefined) return false;
  const [given, wanted] = [Buffer.from(challengePassword), Buffer.from(binding.toString('base64'))];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};
