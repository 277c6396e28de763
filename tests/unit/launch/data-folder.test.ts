import { describe, expect, it } from 'vitest';
import { dataFolder } from '../../../electron/launch/data-folder.ts';

describe('the data folder', () => {
  it.each([
    [{}, 'linux', '/home/li/.local/share/cardwright'],
    [{ XDG_DATA_HOME: '/data' }, 'linux', '/data/cardwright'],
    [{ XDG_DATA_HOME: 'relative' }, 'linux', '/home/li/.local/share/cardwright'],
    [{ CARDWRIGHT_DATA: '/elsewhere', XDG_DATA_HOME: '/data' }, 'linux', '/elsewhere'],
    [{ CARDWRIGHT_DATA: '' }, 'linux', '/home/li/.local/share/cardwright'],
    [{}, 'darwin', '/home/li/Library/Application Support/Cardwright'],
    [{}, 'win32', '/home/li/AppData/Local/Cardwright'],
  ])('with %j on %s is %s', (environment, platform, folder) => {
    expect(dataFolder(environment, platform, '/home/li')).toBe(folder);
  });
});
