import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Rules for everything with types. Each relaxation says why. */
const house = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
  ],
  // Numbers in a text are what one expects; everything else has to say how it is written.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  // `(x) => listeners.delete(x)` as a void callback is this house's way to return an unsubscribe.
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  // A fault is a value, so an async function without await is an interface kept, not a mistake.
  '@typescript-eslint/require-await': 'off',
  // Small unused names are how an interface is kept; they start with an underscore.
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
  ],
  '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
  '@typescript-eslint/consistent-type-definitions': 'off', // z.infer is a type, the rest are interfaces
  '@typescript-eslint/no-empty-function': 'off', // a listener that has nothing to do
  // Objects of this house are closures: a method taken off one still works.
  '@typescript-eslint/unbound-method': 'off',
  // It would rewrite a stated cast into the forbidden `!`.
  '@typescript-eslint/non-nullable-type-assertion-style': 'off',
  '@typescript-eslint/only-throw-error': 'error',
  eqeqeq: ['error', 'always'],
  'no-console': 'error',
  'no-eval': 'error',
  'prefer-const': 'error',
  'object-shorthand': 'error',
};

export default defineConfig(
  globalIgnores([
    'node_modules/**',
    'dist/**',
    'out/**',
    'release/**',
    'coverage/**',
    '.cache/**',
    'tests/vectors/**',
    'tests/**/baselines/**',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: house,
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.tsx', 'tests/**/*.tsx'],
    extends: [reactHooks.configs.flat['recommended-latest']],
    rules: {
      // An event handler of React may be async: React ignores what it returns, and calls return Results.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    // A test may hold a value it has just proven to exist, and a fake may be thinner than the real thing.
    files: ['tests/**/*.ts', 'tests/**/*.tsx'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      'no-console': 'off',
    },
  },
  {
    // Plain JavaScript runs before anything is installed: no types, and a console is its screen.
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    rules: { eqeqeq: ['error', 'always'], 'prefer-const': 'error', 'no-var': 'error', 'no-eval': 'error' },
  },
  {
    // Programs with a terminal in front of them.
    files: [
      'electron/chromium/demonstration/**/*.ts',
      'electron/launch/**/*.ts',
      'electron/chromium/main.ts',
    ],
    rules: { 'no-console': 'off' },
  },
);
