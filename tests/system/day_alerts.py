"""The shipped alert rules, evaluated by promtool over metrics.prom as the agent wrote it."""
import json
import pathlib
import re
import subprocess
import tempfile

STEP, SAMPLE = 15, re.compile(r"^(difusor_agent_[a-z_]+)\{([^}]*)\} (\S+)$", re.M)


def named(rules):
    """The alerts of a rules file, and which of them belongs to which trouble."""
    alerts, of = re.findall(r"- alert: (\w+)", rules), {}
    for alert, trouble in re.findall(r'- alert: (\w+)\s+expr: difusor_agent_trouble\{trouble="([\w-]+)"\} == 1', rules):
        of[trouble] = alert
    return alerts, of


def series(scrapes):
    """The input series of promtool. Its time begins at 0, so instants count from there; what was not found is stale."""
    last, found = max(at for at, _, _ in scrapes) // STEP, {}
    for at, now, metrics in scrapes:
        for name, labels, value in SAMPLE.findall(metrics):
            value = float(value)
            if name.endswith("_timestamp_seconds") and value > 0:
                value += at - now
            found.setdefault(f'{name}{{{labels},instance="host"}}', {})[at // STEP] = f"{value:.6f}"
    scraped = {at // STEP for at, _, _ in scrapes}
    return {each: " ".join(values.get(at, "stale" if at in scraped and at > min(values) else "_")
        for at in range(last + 1)) for each, values in found.items()}


def firing(rules, scrapes):
    """Which alerts fire at the last scrape. A scrape: seconds from the first, the agent's time then, metrics.prom."""
    at, (alerts, _) = max(at for at, _, _ in scrapes), named(rules)
    # One question for each alert; promtool names those that do not fire.
    asks = {alert: f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})' for alert in alerts}
    test = {"rule_files": ["rules.yml"], "evaluation_interval": f"{STEP}s", "tests": [{
        "interval": f"{STEP}s",
        "input_series": [{"series": name, "values": values} for name, values in series(scrapes).items()],
        "promql_expr_test": [{"expr": ask, "eval_time": f"{at}s", "exp_samples": [{"labels": "{}", "value": 1}]}
            for ask in asks.values()]}]}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "rules.yml").write_text(rules)
        (folder / "test.yml").write_text(json.dumps(test))    # JSON is YAML
        done = subprocess.run(["promtool", "test", "rules", "test.yml"], cwd=folder, capture_output=True, text=True,
            timeout=60)
    said = done.stdout + done.stderr
    silent = set(re.findall(r'expr: "count\(ALERTS\{alertname=\\"(\w+)\\"', said))
    if done.returncode != 0 and not silent:
        raise RuntimeError(f"promtool: {said[-600:]}")
    return set(alerts) - silent
