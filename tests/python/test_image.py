"""The image of Dockerfile, built and run by buildah on a base of Debian's own packages."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from project_copies import REPOSITORY, Project
from served import Process, free_port
from services import missing

BUILDAH = {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
WRITTEN = ["/app/logs/x", "/app/target/x", "/app/warehouse/x", "/decisions/x"]
SOMEBODY = {"population": "campaign_customers", "context": {"age_years": 41.0}}


class Buildah:
    """Images in a storage of their own."""

    def __init__(self, folder: Path) -> None:
        self.words = ["buildah", "--root", str(folder / "storage"), "--runroot", str(folder / "run")]
        self.environment = os.environ | BUILDAH

    def __call__(self, *words: str) -> str:
        command = [*self.words, *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout.strip()


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Buildah:
    """Return where the image `made` is; its base comes from this machine's sources of packages."""
    for program in ("buildah", "mmdebstrap"):
        if not shutil.which(program):
            missing(program)
    folder = tmp_path_factory.mktemp("image")
    apt, base = Path("/etc/apt"), folder / "base.tar"
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )["VERSION_CODENAME"]
    command = ["mmdebstrap", "--quiet", "--variant=apt", "--include=python3,python3-venv", release, str(base)]
    sources = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.*s*"))]
    subprocess.run([*command, *(str(file) for file in sources if file.is_file())], check=True)
    subprocess.run(["make", "--silent", "wheels"], cwd=REPOSITORY, check=True)
    made = Buildah(folder)
    empty = made("from", "scratch")
    made("add", "--quiet", empty, str(base), "/")
    made("commit", "--quiet", empty, "base")
    made("rm", empty)
    built = ["--pull-never", "--format", "docker", "--build-arg", "BASE=localhost/base", "-t", "made"]
    made("bud", "--quiet", *built, str(REPOSITORY))
    return made


@pytest.fixture
def container(buildah: Buildah):
    name = buildah("from", "--pull-never", "localhost/made")
    yield name
    buildah("rm", name)


@pytest.mark.long
def test_the_image_is_not_root_and_is_asked_for_its_health(buildah, container):
    config = json.loads(buildah("inspect", container))["Docker"]["config"]
    assert config["User"] == "10001"
    assert "/health" in config["Healthcheck"]["Test"][-1]
    assert buildah("run", container, "--", "id", "-u") == "10001"
    # What runs belongs to root.
    places = ["/app/x", "/app/models/x", "/venv/x", *WRITTEN]
    tried = f"for file in {' '.join(places)}; do touch $file 2>/dev/null && echo $file; done; true"
    assert buildah("run", container, "--", "sh", "-c", tried).split() == WRITTEN
    # Nothing of a bank's, and no history.
    held = buildah("run", container, "--", "sh", "-c", "ls -A /app; ls /app/seeds; ls -A /app/warehouse")
    assert not {".git", ".venv", "kaggle", "own", "shared"} & set(held.split())


@pytest.mark.long
def test_a_container_builds_the_warehouse(buildah, container, small_sample: Path, tmp_path):
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    warehouse.chmod(0o777)
    volumes = ["-v", f"{small_sample}:/app/seeds/sample:ro", "-v", f"{warehouse}:/app/warehouse"]
    buildah("run", *volumes, container, "--", "bank-marketing", "build")
    assert (warehouse / "sample.duckdb").is_file()


@pytest.mark.long
def test_a_container_decides(buildah, container, built_sample: Project, tmp_path):
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    for name in ("sample.duckdb", "sample.key"):
        shutil.copyfile(built_sample.folder / "warehouse" / name, warehouse / name)
    port = free_port()
    serve = ["bank-marketing", "serve", "--port", str(port), "--database", "sqlite:////decisions/log.sqlite"]
    command = [*buildah.words, "run", "-v", f"{warehouse}:/app/warehouse:ro", container, "--", *serve]
    process = Process(command, port, tmp_path / "log", env=buildah.environment, start_new_session=True)
    try:
        assert process.ask("/decisions", SOMEBODY)["publication"] >= 1
    finally:
        os.killpg(process.process.pid, signal.SIGTERM)
        process.process.wait(30)
