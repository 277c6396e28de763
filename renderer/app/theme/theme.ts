import {
  Button,
  Checkbox,
  createTheme,
  NativeSelect,
  PasswordInput,
  SegmentedControl,
  TextInput,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';
import controls from './controls.module.css';

/** Vault teal. Only Mantine's own arithmetic looks at the steps; the page uses the tokens. */
const teal: MantineColorsTuple = [
  '#e2eeea',
  '#c5ddd7',
  '#9fc9c0',
  '#75b3a7',
  '#459a8b',
  '#238274',
  '#0f6e63',
  '#0a564d',
  '#08463f',
  '#063630',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 6, dark: 4 },
  colors: { teal },
  fontFamily: 'var(--font-sans)',
  fontFamilyMonospace: 'var(--font-mono)',
  defaultRadius: 6,
  cursorType: 'pointer',
  fontSizes: {
    xs: 'var(--size-small)',
    sm: 'var(--size-base)',
    md: 'var(--size-base)',
    lg: 'var(--size-title)',
    xl: 'var(--size-display)',
  },
  components: {
    Button: Button.extend({ defaultProps: { size: 'md' }, classNames: { root: controls.button ?? '' } }),
    TextInput: TextInput.extend({
      defaultProps: { size: 'sm' },
      classNames: { input: controls.input ?? '', label: controls.label ?? '' },
    }),
    PasswordInput: PasswordInput.extend({
      defaultProps: { size: 'sm' },
      classNames: {
        input: controls.input ?? '',
        innerInput: controls.innerInput ?? '',
        label: controls.label ?? '',
      },
    }),
    NativeSelect: NativeSelect.extend({
      defaultProps: { size: 'sm' },
      classNames: { input: controls.input ?? '', label: controls.label ?? '' },
    }),
    Checkbox: Checkbox.extend({ classNames: { input: controls.checkbox ?? '' } }),
    SegmentedControl: SegmentedControl.extend({
      classNames: { root: controls.segments ?? '', indicator: controls.segment ?? '' },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 250, withArrow: false, offset: 6, transitionProps: { duration: 120 } },
      classNames: { tooltip: controls.tooltip ?? '' },
    }),
  },
});

/** Mantine's variables point to the tokens, so that there is one place for every colour. */
export const cssVariables: CSSVariablesResolver = () => {
  const common = {
    '--mantine-color-body': 'var(--paper)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-default': 'var(--paper-raised)',
    '--mantine-color-default-hover': 'var(--paper-sunken)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-error': 'var(--vermilion)',
    '--mantine-primary-color-filled': 'var(--teal)',
    '--mantine-primary-color-filled-hover': 'var(--teal-strong)',
    '--mantine-color-teal-filled': 'var(--teal)',
    '--mantine-color-teal-filled-hover': 'var(--teal-strong)',
    '--mantine-primary-color-contrast': 'var(--on-teal)',
  };
  return { variables: {}, light: common, dark: common };
};
