import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createAzure, createClockControl, type Azure } from '../../sandbox/azure/index.ts';
import { BusyTracker, Pacer, VirtualClock } from '../../sandbox/clock/index.ts';
import { createSampleWorld } from '../../sandbox/world/index.ts';
import type { World } from '../../sandbox/world/types.ts';
import { skipped } from './skipped.ts';

/** The page of the world, in a real browser: what it shows, and what a person does with it. */

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((each) => existsSync(each));
console.log(browserPath === undefined ? skipped('chromium: skipped the page of the world, no browser found (Debian: apt-get install chromium)') : `chromium: found, ${browserPath}`);

describe.skipIf(browserPath === undefined)('the page of the world', () => {
  let azure: Azure;
  let world: World;
  let pacer: Pacer;
  let driven: Promise<unknown>;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const clock = new VirtualClock(Date.UTC(2026, 10, 23, 12));
    const tracker = new BusyTracker();
    pacer = new Pacer({ clock, tracker, pace: 'real' });
    world = createSampleWorld(clock, 7);
    azure = createAzure(world, { tracker, clockControl: createClockControl(clock, pacer) });
    const { admin } = await azure.listen();
    driven = pacer.drive();
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage({ ignoreHTTPSErrors: true });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(admin);
    await page.getByRole('heading', { name: 'eastus2' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    pacer.stop();
    await driven;
    await azure.close();
  });

  it('shows every stamp, every point of presence and every origin', async () => {
    for (const stamp of world.stamps.keys()) expect(await page.getByRole('heading', { name: stamp }).count()).toBe(1);
    for (const point of world.spec.pointsOfPresence) expect(await page.locator('#pops').getByText(point.name).count()).toBe(1);
    expect(await page.locator('#origins tr').count()).toBe(3);
    expect(await page.locator('#faults').textContent()).toBe('nothing is broken');
  });

  it('injects a fault, goes ahead, shows what it did, heals it', async () => {
    await page.locator('#kind').selectOption('regionDead');
    await page.locator('#stamp').selectOption('eastus2');
    await page.getByRole('button', { name: 'Inject' }).click();
    await page.locator('#faults').getByText('regionDead').waitFor();
    await page.locator('#seconds').fill('120');
    await page.getByRole('button', { name: 'Step' }).click();
    await page.locator('#pops').getByText('probes fail: eastus2').first().waitFor();
    await page.getByRole('button', { name: 'Heal' }).click();
    await page.getByText('nothing is broken').waitFor();
    expect(world.faults.list()).toEqual([]);
  });

  it('shows a weight that was asked for and is not at the edges yet', async () => {
    world.frontDoor.changeOrigin('web', 'web-westus3', { weight: 7 });
    await page.locator('#origins tr', { hasText: 'web-westus3' }).getByText('weight 7, priority 1').waitFor();
    expect(await page.locator('#origins tr', { hasText: 'web-westus3' }).textContent()).toContain('weight 500, priority 1');
  });

  it('fits a phone without scrolling sideways', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  });

  it('complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
