import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { partFiles, sealedParts, type SealedPart } from '../../../native/applications/sd/index.ts';
import { issueContent, plainTemplate } from '../../unit/sd/issued-content.ts';
import { openOpensslAuthority } from '../../unit/sd/openssl-authority.ts';

/**
 * node prepare-content.ts FOLDER IDENTITY BYTES: a card's files with a client of so many bytes, in a process
 * of its own. One that has held all this is large, and starting a program from it takes ten times as long.
 */
const [folder = '', identity = '', size = '0'] = process.argv.slice(2);
const authority = openOpensslAuthority();
const bank = authority.issue({ name: 'Bank', extensions: ['keyUsage=critical,digitalSignature'] });
const program = `${plainTemplate()}\n<!--${randomBytes(Number(size) / 2).toString('hex')}-->`;
const content = await issueContent(authority, bank, { template: program });
const files: Record<SealedPart, Uint8Array> = {
  key: content.key,
  certificate: content.certificate,
  'user-info': content.userInfoCms,
  client: content.client,
};
for (const part of sealedParts) writeFileSync(join(folder, partFiles[part]), files[part]);
const digests = sealedParts.map((part) => ({
  path: partFiles[part],
  sha256: createHash('sha256').update(files[part]).digest('hex'),
  size: files[part].length,
}));
writeFileSync(join(folder, partFiles.manifest), content.manifest(digests, identity));
authority.close();
