/** The standards' own words for a command, by its header: ISO 7816-4, SP 800-73-4, GlobalPlatform, and what PIV tokens add. */
export function apduName(header: string): string | undefined {
  const secured = (Number.parseInt(header.slice(0, 2), 16) & 0x84) === 0x84;
  const name = names[header.slice(2, 4)];
  return name !== undefined && secured ? `${name} (secured)` : name;
}

const names: Readonly<Record<string, string>> = {
  '20': 'VERIFY',
  '24': 'CHANGE REFERENCE DATA',
  '2c': 'RESET RETRY COUNTER',
  '47': 'GENERATE ASYMMETRIC KEY PAIR',
  '50': 'INITIALIZE UPDATE',
  '82': 'EXTERNAL AUTHENTICATE',
  '87': 'GENERAL AUTHENTICATE',
  a4: 'SELECT',
  b0: 'READ BINARY',
  b2: 'READ RECORD',
  c0: 'GET RESPONSE',
  ca: 'GET DATA',
  cb: 'GET DATA',
  d8: 'PUT KEY',
  db: 'PUT DATA',
  e2: 'STORE DATA',
  e4: 'DELETE',
  e6: 'INSTALL',
  e8: 'LOAD',
  f2: 'GET STATUS',
  f7: 'GET METADATA',
  f8: 'GET SERIAL',
  f9: 'ATTEST',
  fb: 'RESET',
  fd: 'GET VERSION',
  ff: 'SET MANAGEMENT KEY',
};
