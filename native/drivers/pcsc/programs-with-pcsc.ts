import { readdir, readFile } from 'node:fs/promises';

/**
 * The other programs of this machine that have PC/SC loaded, by name, without doubles, sorted: who may hold
 * a card. Linux only, and there only programs that this user may look into; elsewhere none.
 */
export const programsWithPcsc = async (folder = '/proc'): Promise<readonly string[]> => {
  const processes = (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(
    processes.map(async (id) => {
      if (Number(id) === process.pid) return undefined;
      const maps = await readFile(`${folder}/${id}/maps`, 'latin1').catch(() => '');
      if (!/\/libpcsclite(_real)?\.so/.test(maps)) return undefined;
      const name = await readFile(`${folder}/${id}/comm`, 'utf8').catch(() => '');
      return name.trim() || undefined;
    }),
  );
  return [...new Set(names.filter((name) => name !== undefined))].sort();
};
