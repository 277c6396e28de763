import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppletPackage } from '../../shared/domain/index.ts';
import { writeDurably } from '../ca/write-durably.ts';
import { capArchive, type CapSource } from './cap-archive.ts';

/** What a list says of a package beside what its CAP file says. */
export type SuppliedPackage = Partial<Omit<AppletPackage, 'sha256'>> &
  Pick<AppletPackage, 'version'> & { readonly source?: CapSource };

/** An applet to practise with: the newest version, and the one that training cards of the stock come with. */
export const trainingApplet = {
  name: 'Qingyu Pay',
  packageAid: 'f04357000101',
  instanceAid: 'f0435700010101',
} as const;

/** Fills the folder of a training bank once; a list that somebody has put there stays as it is. */
export const supplyTrainingApplets = (folder: string): void => {
  if (existsSync(join(folder, 'applets.json'))) return;
  supplyApplets(folder, [{ version: '1.0' }, { version: '1.1', minimumVersion: '1.0' }]);
};

/** CAP files of a few hundred bytes, and the list that names them. What is not given is the training applet's. */
export const supplyApplets = (folder: string, packages: readonly SuppliedPackage[]): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = packages.map(({ source, ...given }) => {
    const { packageAid = trainingApplet.packageAid, version } = given;
    const {
      instances = [{ moduleAid: trainingApplet.instanceAid, instanceAid: trainingApplet.instanceAid }],
    } = given;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const capFile = capArchive({
      packageAid,
      version: { major, minor },
      appletAids: instances.map(({ moduleAid }) => moduleAid),
      methodLength: 600,
      ...source,
    });
    const file = `${packageAid}-${version}.cap`;
    writeDurably(join(folder, file), capFile, 0o600);
    return {
      name: trainingApplet.name,
      cards: ['*'],
      holdsCustomerData: false,
      hash: 'sha-256',
      ...given,
      packageAid,
      instances,
      file,
      sha256: createHash('sha256').update(capFile).digest('hex'),
    };
  });
  writeDurably(join(folder, 'applets.json'), JSON.stringify({ packages: entries }, undefined, 2), 0o600);
};
