import { defineConfig } from 'vitest/config';

/** One JupyterHub or cluster at a time: they share ports, and two cores are soon busy. */
const oneAtATime = { fileParallelism: false, sequence: { concurrent: false } };

export default defineConfig({
  test: {
    passWithNoTests: false,
    reporters: ['default', './tests/support/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts', 'tests/house/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'hub',
          include: ['tests/hub/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          ...oneAtATime,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          ...oneAtATime,
        },
      },
      {
        test: {
          name: 'charts',
          include: ['tests/charts/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'monitoring',
          include: ['tests/monitoring/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['tests/cluster/**/*.test.ts'],
          globalSetup: ['tests/support/cluster-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          ...oneAtATime,
        },
      },
      {
        test: {
          name: 'openstack',
          include: ['tests/openstack/**/*.test.ts'],
          globalSetup: ['tests/support/openstack-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          ...oneAtATime,
        },
      },
      {
        test: {
          name: 'cloud',
          include: ['tests/cloud/**/*.test.ts'],
          globalSetup: ['tests/support/cluster-setup.ts', 'tests/support/openstack-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          ...oneAtATime,
        },
      },
    ],
  },
});
