// Bundles src/*.js and src/*.css into app/static/dist/ under hashed names, and writes manifest.json:
// {"site.css": "site-4F2A….css"}. `node build.mjs --watch` rebuilds on change.
import { context } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "dist");

const manifest = {
  name: "manifest",
  setup(build) {
    build.onEnd((result) => {
      if (result.errors.length) return;
      const names = {};
      const kept = new Set(["manifest.json"]);
      for (const [path, made] of Object.entries(result.metafile.outputs)) {
        const name = relative(out, join(here, path));
        kept.add(name);
        if (made.entryPoint) names[basename(made.entryPoint)] = name;
      }
      // The manifest changes last and at once, so that a page never names a file that is not there yet.
      writeFileSync(join(out, "manifest.json.new"), JSON.stringify(names, null, 1));
      renameSync(join(out, "manifest.json.new"), join(out, "manifest.json"));
      for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
        const name = relative(out, join(entry.parentPath ?? entry.path, entry.name));
        if (entry.isFile() && !kept.has(name)) rmSync(join(out, name));
      }
    });
  },
};

mkdirSync(out, { recursive: true });
const bundle = await context({
  absWorkingDir: here,
  entryPoints: readdirSync(join(here, "src"))
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => join("src", name)),
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  entryNames: "[name]-[hash]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "files/[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file" },
  plugins: [manifest],
});
await bundle.rebuild();
if (process.argv.includes("--watch")) await bundle.watch();
else await bundle.dispose();

// The fonts of printed certificates: TrueType, which browsers' woff2 packages do not hold.
const printFonts = join(here, "..", "static", "print-fonts");
mkdirSync(printFonts, { recursive: true });
for (const [family, face] of [
  ["noto-sans", "400Regular/NotoSans_400Regular.ttf"],
  ["noto-sans", "700Bold/NotoSans_700Bold.ttf"],
  ["noto-serif", "600SemiBold/NotoSerif_600SemiBold.ttf"],
]) {
  copyFileSync(join(here, "node_modules", "@expo-google-fonts", family, face), join(printFonts, basename(face)));
}
