namespace Dime.Tool.Tests.Report;

/// <summary>Scripts that run in the page; each lists what is wrong with it, save the one that measures fonts.</summary>
internal static class PageChecks
{
    // Elements that scroll by themselves may hold wider ones; nothing else may.
    public const string Overflow = """
        () => {
          const inScroller = e => e.closest('.scroll') !== null;
          const wide = [...document.body.querySelectorAll('*')]
            .filter(e => !inScroller(e) || e.matches('.scroll'))
            .filter(e => { const r = e.getBoundingClientRect(); return !e.closest('svg') && (r.right > innerWidth + 0.5 || r.left < -0.5); })
            .map(e => e.tagName + '.' + e.className);
          const page = document.documentElement.scrollWidth;
          return page > innerWidth ? [`page ${page} > ${innerWidth}`, ...wide] : wide;
        }
        """;

    public const string EmptyPlots = """
        () => [...document.querySelectorAll('svg')]
          .filter(s => { const r = s.getBoundingClientRect(); return r.width < 8 || r.height < 8 || s.children.length === 0; })
          .map(s => s.id || s.getAttribute('class'))
        """;

    public const string BrokenImages = "() => [...document.images].filter(i => !i.complete || i.naturalWidth === 0).map(i => i.alt)";

    public const string TextOutsidePlots = """
        () => [...document.querySelectorAll('svg.plot')].flatMap(s => {
          const box = s.getBoundingClientRect();
          return [...s.querySelectorAll('text')]
            .filter(t => { const r = t.getBoundingClientRect(); return r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1; })
            .map(t => s.id + ': ' + t.textContent);
        })
        """;

    public const string FontSizes = """
        () => [...document.querySelectorAll('svg.plot text')].map(t =>
          parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width)
        """;

    // The contrast of every text with the nearest background that is painted behind it (WCAG 2, 1.4.3).
    public const string FaintTexts = """
        () => {
          const rgb = c => c.match(/[\d.]+/g).map(Number);
          const light = c => rgb(c).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } return 'rgb(255,255,255)'; };
          const texts = [...document.body.querySelectorAll('*')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim() !== ''));
          return texts.map(e => {
            const [a, b] = [light(e.closest('svg') ? getComputedStyle(e).fill : getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
            return [(a + 0.05) / (b + 0.05), e];
          }).filter(([ratio]) => ratio < 4.5).map(([ratio, e]) => `${ratio.toFixed(2)} ${e.tagName} ${e.textContent.slice(0, 40)}`);
        }
        """;
}
