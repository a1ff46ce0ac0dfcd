"""docs/server.md and deploy/server: what the guide for one server writes fits the settings and nginx.

Somebody followed the guide word by word once, to a page behind TLS; systemd itself was never asked.
"""

import re
import subprocess

from analytics_platform.settings import PROJECT_ROOT, Settings

FOLDER = PROJECT_ROOT / "deploy" / "server"
GUIDE = (PROJECT_ROOT / "docs" / "server.md").read_text()


def test_every_file_that_the_guide_names_is_there() -> None:
    named = set(re.findall(r"(?:deploy|requirements)[\w./-]*\w", GUIDE)) - {"deploy/tls"}
    made = {name for name in named if name.startswith("deploy/tls/")}  # by prepare.sh
    prepare = (PROJECT_ROOT / "deploy" / "prepare.sh").read_text()
    assert all(name.removeprefix("deploy/") in prepare for name in made)
    assert {name for name in named - made if not (PROJECT_ROOT / name).exists()} == {"deploy-hook"}  # certbot's option


def test_every_line_of_its_settings_is_a_setting() -> None:
    (written,) = re.findall(r"analytics\.env <<END\n(.*?)END", GUIDE, flags=re.S)
    names = [line.partition("=")[0].lower() for line in written.splitlines()]
    assert set(names) <= set(Settings.model_fields)


def test_nginx_asks_the_services_where_they_listen_on_this_machine() -> None:
    made = subprocess.run(["sh", str(FOLDER / "nginx.sh")], capture_output=True, text=True, check=True).stdout
    settings = Settings(_env_file=None)
    ports = {settings.collector_port, settings.api_port, settings.pages_port}
    assert set(re.findall(r"proxy_pass (.+?);", made)) == {f"http://127.0.0.1:{port}" for port in ports}
    assert "/tmp/" not in made  # where anybody may write
    assert "user www-data;\npid /run/nginx.pid;" in made  # as Debian's unit expects it


def test_the_unit_runs_the_command_that_the_guide_installs() -> None:
    unit = (FOLDER / "analytics.service").read_text()
    command = (FOLDER / "analytics").read_text()
    assert "ExecStart=/usr/local/bin/analytics dev" in unit
    assert "install -m 0755 deploy/server/analytics /usr/local/bin/analytics" in GUIDE
    (settings,) = re.findall(r"^\. (\S+)$", command, flags=re.M)
    assert f"cat > {settings}" in GUIDE
    assert subprocess.run(["sh", "-n", str(FOLDER / "analytics")], check=False).returncode == 0
