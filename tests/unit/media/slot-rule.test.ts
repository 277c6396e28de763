import { describe, expect, test } from 'vitest';
import { refusalsOf } from '../../../native/drivers/media/slot-rule.ts';
import { randomMachine, seeded } from './machines.ts';

const mistakes = () => ({ offeredUnsafe: 0, hiddenSlots: 0 });
const machines = Number(process.env.CARDWRIGHT_LAYOUTS ?? 100_000);

describe('which disks are offered', () => {
  test(`${machines.toString()} machines: no system or data disk is offered, no card slot is hidden`, () => {
    const random = seeded(20_261_120);
    const wrong: string[] = [];
    /** Rules of the usual SD writers, as control: they must fail here, or the machines are too kind. */
    const usual = { 'removable or hot-plugged': mistakes(), 'removable flag alone': mistakes() };
    const counted = { system: 0, data: 0, card: 0, empty: 0 };
    for (let number = 0; number < machines; number += 1) {
      const machine = randomMachine(random);
      for (const { device, truth } of machine.disks) {
        counted[truth] += 1;
        const reasons = refusalsOf(device, { systemDevices: machine.systemDevices, traced: true });
        const offered = reasons.length === 0;
        if (offered !== (truth === 'card' || truth === 'empty'))
          wrong.push(`${number.toString()} ${truth} ${device.name} ${reasons.join(',')}`);
        const isUnsafe = truth === 'system' || truth === 'data';
        const hotPlugged = device.removable || device.bus === 'usb' || device.bus === 'mmc';
        for (const [rule, offers] of [
          ['removable or hot-plugged', hotPlugged],
          ['removable flag alone', device.removable],
        ] as const) {
          if (offers && isUnsafe) usual[rule].offeredUnsafe += 1;
          if (!offers && !isUnsafe) usual[rule].hiddenSlots += 1;
        }
      }
    }
    expect({ wrong: wrong.length, first: wrong.slice(0, 5) }).toEqual({ wrong: 0, first: [] });
    for (const count of Object.values(counted)) expect(count).toBeGreaterThan(machines / 5);
    expect(usual['removable or hot-plugged'].offeredUnsafe).toBeGreaterThan(machines / 10);
    expect(usual['removable flag alone'].hiddenSlots).toBeGreaterThan(machines / 10);
    console.log({ machines, disks: counted, ours: { offeredUnsafe: 0, hiddenSlots: 0 }, usual });
  });

  test('a system that cannot be traced: its mounts still tell, on every machine', () => {
    const random = seeded(7);
    for (let number = 0; number < 5000; number += 1) {
      for (const { device, truth } of randomMachine(random).disks) {
        if (truth === 'system')
          expect(refusalsOf(device, { systemDevices: new Set(), traced: false })).not.toEqual([]);
      }
    }
  });

  test('a disk that the system was traced to is refused even where no mount of it is seen', () => {
    const random = seeded(5);
    for (let number = 0; number < 2000; number += 1) {
      for (const { device, truth } of randomMachine(random).disks) {
        if (truth === 'card')
          expect(refusalsOf(device, { systemDevices: new Set([device.name]), traced: true })).toContain(
            'system-disk',
          );
      }
    }
  });

  test('when the system is not traced, no mounted card is offered either', () => {
    const random = seeded(11);
    for (let number = 0; number < 2000; number += 1) {
      for (const { device } of randomMachine(random).disks) {
        const mounted = [device, ...device.children].some((one) => one.mountPoints.length > 0);
        if (mounted)
          expect(refusalsOf(device, { systemDevices: new Set(), traced: false }).length).toBeGreaterThan(0);
      }
    }
  });
});
