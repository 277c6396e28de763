import { useCallback, useMemo, useRef, useState } from 'react';
import type { SealedSecret } from '../../electron/shared/bank-api/index.ts';
import type { Fault } from '../../electron/shared/result/index.ts';
import type { StationClient } from '../bridge/index.ts';
import { StateMark } from '../widgets/index.ts';
import { useWords } from '../words/index.ts';
import classes from './enter-secrets.module.css';
import { PasswordQuestion } from './password-question.tsx';
import { PinQuestion } from './pin-question.tsx';
import { questionsFor, type Question, type SecretsPrompt } from './questions.ts';
import { sealSecret } from './seal-secret.ts';
import { isSimplePin } from './secret-rules.ts';

/** Sealed at once and then forgotten here; only what is sealed is kept until everything is entered. */
interface Sealed {
  accountPin?: SealedSecret;
  loginPassword?: SealedSecret;
}

/**
 * The customer's questions, one at a time. What is typed lives in the field of its own question; on its
 * way on it is sealed and dropped. The first entry of a new secret is held only until it is repeated.
 */
export function EnterSecrets({ client, prompt }: { client: StationClient; prompt: SecretsPrompt }) {
  const { t, fault: say, sentences } = useWords();
  const questions = useMemo(() => questionsFor(prompt.fields), [prompt.fields]);
  const [at, setAt] = useState(0);
  const [phase, setPhase] = useState<'asking' | 'sealing' | 'sent'>('asking');
  const [complaint, setComplaint] = useState<'differs' | 'simple'>();
  const [fault, setFault] = useState<Fault>();
  const sealed = useRef<Sealed>({});
  const firstEntry = useRef<string | undefined>(undefined);
  const question = questions[at];

  const { runId, askId, customerId, envelopeKey } = prompt;
  const report = useCallback(
    (field: Question['field'], typed: number, of?: number) => {
      void client.call('customer.progress', { runId, field, typed, ...(of === undefined ? {} : { of }) });
    },
    [client, runId],
  );

  const send = async (cardPin: string | undefined) => {
    setPhase('sealing');
    const parts = sealed.current;
    sealed.current = {};
    const result = await client.call('customer.answer', {
      runId,
      askId,
      ...parts,
      ...(cardPin === undefined ? {} : { cardPin }),
    });
    if (result.ok) {
      setPhase('sent');
      return;
    }
    setFault(result.fault);
    setAt(0);
    setPhase('asking');
  };

  const entered = async (value: string) => {
    if (!question) return;
    setFault(undefined);
    setComplaint(undefined);
    if (question.field === 'card-pin' && question.round === 'first' && isSimplePin(value)) {
      setComplaint('simple');
      return;
    }
    if (question.field !== 'account-pin' && question.round === 'first') {
      firstEntry.current = value;
      setAt(at + 1);
      return;
    }
    if (question.round === 'again') {
      const same = firstEntry.current === value;
      firstEntry.current = undefined;
      if (!same) {
        setComplaint('differs');
        setAt(at - 1);
        return;
      }
    }
    if (question.field !== 'card-pin') {
      setPhase('sealing');
      try {
        const purpose = question.field;
        const secret = await sealSecret(value, purpose, customerId, envelopeKey);
        sealed.current = {
          ...sealed.current,
          ...(purpose === 'account-pin' ? { accountPin: secret } : { loginPassword: secret }),
        };
      } catch {
        // The cause could hold what was typed; only the code leaves.
        setFault({ code: 'envelope-unreadable', data: { where: 'screen' } });
        setPhase('asking');
        return;
      }
    }
    if (at + 1 < questions.length) {
      setAt(at + 1);
      setPhase('asking');
      return;
    }
    await send(question.field === 'card-pin' ? value : undefined);
  };

  if (!question || phase !== 'asking')
    return (
      <div className={classes.busy} data-testid="customer-sealing">
        <StateMark mark="working" size={64} />
        <p>{phase === 'sent' ? t('customer.waitTitle') : t('customer.sealing')}</p>
      </div>
    );

  const notice = fault
    ? sentences(say(fault).happened, say(fault).todo)
    : complaint === undefined
      ? undefined
      : complaint === 'simple'
        ? t('customer.cardPin.simple')
        : question.field === 'login-password'
          ? t('customer.loginPassword.differs')
          : t('customer.cardPin.differs');
  const position = t('customer.step', { n: question.number, m: prompt.fields.length });
  const onEntered = (value: string) => void entered(value);
  const screen = `${question.field}-${question.round}`;
  switch (question.field) {
    case 'account-pin':
      return (
        <PinQuestion
          key={`${screen}-${fault?.code ?? ''}`}
          position={position}
          onEntered={onEntered}
          testId="ask-account-pin"
          title={t('customer.accountPin.title')}
          body={t('customer.accountPin.body', { account: prompt.accountMasked })}
          notice={
            notice ??
            (prompt.triesLeft === undefined
              ? undefined
              : t('customer.accountPin.triesLeft', { count: prompt.triesLeft }))
          }
          least={4}
          most={6}
          onProgress={(typed) => {
            report('account-pin', typed, 6);
          }}
        />
      );
    case 'login-password':
      return (
        <PasswordQuestion
          key={screen}
          position={position}
          notice={notice}
          onEntered={onEntered}
          testId={question.round === 'first' ? 'ask-login-password' : 'ask-login-password-again'}
          round={question.round}
          loginName={prompt.loginName}
          onProgress={(typed) => {
            report('login-password', typed);
          }}
        />
      );
    case 'card-pin':
      return (
        <PinQuestion
          key={`${screen}-${complaint ?? ''}`}
          position={position}
          notice={notice}
          onEntered={onEntered}
          testId={question.round === 'first' ? 'ask-card-pin' : 'ask-card-pin-again'}
          title={t(question.round === 'first' ? 'customer.cardPin.title' : 'customer.cardPin.repeatTitle')}
          body={t(question.round === 'first' ? 'customer.cardPin.body' : 'customer.cardPin.repeatBody')}
          least={6}
          most={8}
          onProgress={(typed) => {
            report('card-pin', typed);
          }}
        />
      );
  }
}
