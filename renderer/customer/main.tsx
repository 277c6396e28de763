import '../bridge/no-code-from-strings.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { hostPort } from '../bridge/index.ts';
import { CustomerApp } from './customer-app.tsx';

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <CustomerApp port={hostPort()} />
    </StrictMode>,
  );
