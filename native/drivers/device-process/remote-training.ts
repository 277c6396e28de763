import type { Failed } from '../../../electron/shared/result/index.ts';
import type { TrainingDevices } from '../training-devices.ts';
import type { DeviceInput, DeviceOutput, TrainingCalls } from './device-calls.ts';
import type { DeviceLink } from './start-device-process.ts';

/** The drawer of the device process. */
export const remoteTraining = (link: DeviceLink): TrainingDevices => {
  const ask = async <Name extends keyof TrainingCalls>(
    name: Name,
    ...input: DeviceInput<Name>
  ): Promise<DeviceOutput<Name> | Failed> => {
    const life = await link.need();
    return life.ok ? life.value.ask(name, input, limitMs) : life;
  };
  return {
    list: () => ask('trainingList'),
    insert: (itemId, reader) => ask('trainingInsert', itemId, reader),
    remove: (reader) => ask('trainingRemove', reader),
    add: (kind, name) => ask('trainingAdd', kind, name),
    reset: () => ask('trainingReset'),
    setPull: (reader, operation, when) => ask('trainingSetPull', reader, operation, when),
    setOverride: (reader, override) => ask('trainingSetOverride', reader, override),
    clearPlans: (reader) => ask('trainingClearPlans', reader),
  };
};

const limitMs = 15_000;
