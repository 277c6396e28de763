import { Button } from '@mantine/core';
import { KeyHint } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';

export function SignInButton({
  busy,
  waitSeconds,
  ready,
}: {
  busy: boolean;
  waitSeconds: number;
  ready: boolean;
}) {
  const { t } = useWords();
  const waiting = waitSeconds > 0;
  return (
    <Button
      type="submit"
      fullWidth
      loading={busy}
      disabled={!ready || waiting}
      rightSection={<KeyHint keys="↵" on={ready && !waiting ? 'accent' : 'paper'} />}
      data-testid="sign-in-submit"
    >
      {waiting ? t('signIn.wait', { seconds: waitSeconds }) : t('signIn.submit')}
    </Button>
  );
}
