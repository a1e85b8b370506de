import json


def test_doctor_is_readable_and_ends_with_its_verdict(avpres, settings_file):
    file = settings_file('[site]\ninstitution = "Film Archive"\n')
    status, out, err = avpres("doctor")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert "copy backends:" in lines
    assert f"  settings file: {file}" in lines
    assert "  site.institution  Film Archive          file" in lines
    assert lines[-1] == "everything that avpres needs is here."


def test_doctor_says_what_the_settings_name_and_is_not_there(avpres, monkeypatch, tmp_path):
    monkeypatch.setenv("AVPRES_SITE__TOOLS__RSYNC", str(tmp_path / "none"))
    status, out, _ = avpres("doctor")
    assert status == 30
    assert "! rsync" in out
    assert out.splitlines()[-1] == "avpres cannot do all its work here: rsync."


def test_doctor_as_json_has_every_check_and_setting(avpres):
    report = json.loads(avpres("doctor", "--json")[1])
    assert {check["group"] for check in report["facts"]["checks"]} >= {"python", "copy backends"}
    assert report["facts"]["settings"]["values"]
    assert report["facts"]["run_log"].endswith(".jsonl")


def test_doctor_examines_a_folder(avpres, tmp_path):
    out = avpres("doctor", f"{tmp_path}/")[1]
    assert f"{tmp_path}: " in out
