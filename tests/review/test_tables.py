"""Tables in and out: whatever encoding, separator or headers they have."""

import csv
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from review.models import Category, Content
from review.tables import NotATable, TableTooLarge, read_table
from tests import make
from tests.client import ApiClient

KOREAN = "사과,apple\n바나나,banana\n나무를 심다,to plant a tree\n학교에 갑니다,to go to school\n"
ROWS = [
    ("comma", "apple,사과\npear,배\n"),
    ("semicolon", "apple;사과, 빨간\npear;배\n"),
    ("tab, as Quizlet writes", "apple\t사과, 빨간; 과일\npear\t배\n"),
    ("pipe", "apple|사과\npear|배\n"),
    ("quotes", '"apple","사과\nin two lines"\n"pear","b ""quoted"""\n'),
    ("Anki", "#separator:Semicolon\n#html:false\napple;사과\npear;배\n"),
]


@pytest.fixture
def category(alice: User) -> Category:
    return make.category(alice, "Words")


def send(api: ApiClient, data: str | bytes, path: str = "/imports/table/", **fields: Any) -> Any:
    raw = data.encode() if isinstance(data, str) else data
    return api.upload(path, file=SimpleUploadedFile("t.csv", raw), **fields)


@pytest.mark.parametrize(("name", "text"), ROWS)
def test_the_separator_is_found_out(name: str, text: str) -> None:
    table = read_table(text.encode())
    fronts = [row.cells[table.mapping["front"]] for row in table.rows]
    backs = [row.cells[table.mapping["back"]] for row in table.rows]
    assert fronts == ["apple", "pear"]
    assert backs[0].startswith("사과")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949", "euc_kr"])
def test_the_encoding_is_found_out(encoding: str) -> None:
    table = read_table((KOREAN * 5).encode(encoding))
    assert table.rows[0].cells == ["사과", "apple"]


def test_named_columns_are_known_and_ankis_headers_heeded() -> None:
    named = read_table(b"Definition,Term,Tags\na fruit,apple,food red\n")
    assert named.mapping == {"front": 1, "back": 0, "tags": 2}
    assert len(named.rows) == 1
    anki = read_table(b"#separator:tab\n#html:true\n#tags column:3\n#deck:A::B\n<b>a</b>\tb\tx y\n")
    assert (anki.is_html, anki.mapping["tags"], anki.defaults) == (True, 2, {"category": "A::B"})


def test_a_table_becomes_cards_and_twice_is_once(
    api: ApiClient, category: Category, alice: User
) -> None:
    text = "front,back,tags,category\napple,사과,food,\npear,배,,Fruit::Green\n"
    answer = send(api, text, category=category.public_id).json()
    assert answer == {"new": 2, "unchanged": 0, "refused": 0, "problems": []}
    pear = Content.objects.select_related("category__parent").get(front="pear")
    assert (pear.category.name, pear.category.parent and pear.category.parent.name) == (
        "Green",
        "Fruit",
    )
    assert Content.objects.get(front="apple").tags == ["food"]
    again = send(api, text, category=category.public_id).json()
    assert (again["new"], again["unchanged"]) == (0, 2)
    assert Content.objects.count() == 2


def test_bad_rows_are_told_with_their_lines_and_good_ones_stored(
    api: ApiClient, category: Category
) -> None:
    text = f"front,back\napple,ok\n,no front\n{'x' * 6000},too long\npear,ok\n"
    answer = send(api, text, category=category.public_id).json()
    assert (answer["new"], answer["refused"]) == (2, 2)
    assert [(each["line"], each["field"]) for each in answer["problems"]] == [
        (3, "front"),
        (4, "front"),
    ]


def test_a_preview_stores_nothing_and_a_mapping_is_obeyed(
    api: ApiClient, category: Category
) -> None:
    text = "1;apple;사과\n2;pear;배\n"
    seen = send(api, text, "/imports/table/preview/").json()
    assert (seen["separator"], seen["row_count"], seen["rows"][0]) == (
        ";",
        2,
        ["1", "apple", "사과"],
    )
    assert not Content.objects.exists()
    mapping = json.dumps({"front": 1, "back": 2})
    assert send(api, text, category=category.public_id, mapping=mapping).json()["new"] == 2
    assert Content.objects.get(front="apple").back == "사과"
    wrong = send(api, text, category=category.public_id, mapping='{"frnt": 1}')
    assert wrong.status_code == 400


def test_what_goes_out_is_no_formula_and_comes_in_again(
    api: ApiClient, category: Category, alice: User
) -> None:
    harm = "=HYPERLINK(1)"
    for front in (harm, "+1", "plain", '"quoted",\nlines', "@x"):
        make.content(alice, category=category, front=front, tags=["a", "b"])
    for kind, separator in (("csv", ","), ("tsv", "\t")):
        answer = api.get("/exports/table/", kind=kind)
        body = b"".join(answer.streaming_content)
        rows = csv.reader(io.StringIO(body.decode(), newline=""), delimiter=separator)
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
        again = send(api, body, category=category.public_id).json()
        assert (again["new"], again["unchanged"], again["refused"]) == (0, 5, 0)


def test_lines_of_json_are_the_apis_own(api: ApiClient, category: Category, alice: User) -> None:
    make.content(alice, category=category, front="=x", tags=["a"])
    body = b"".join(api.get("/exports/table/", kind="jsonl").streaming_content)
    (line,) = body.decode().splitlines()
    row = json.loads(line)
    assert (row["front"], row["tags"], row["category"]) == ("=x", ["a"], str(category.public_id))
    changed = json.dumps(row | {"front": "another"}) + "\n" + line
    answer = send(api, changed, category=category.public_id).json()
    assert (answer["new"], answer["unchanged"]) == (1, 1)


def test_ten_thousand_rows_are_taken_and_no_more(api: ApiClient, category: Category) -> None:
    text = "front,back\n" + "".join(f"word {number},back\n" for number in range(10_000))
    assert send(api, text, category=category.public_id).json()["new"] == 10_000
    with pytest.raises(TableTooLarge):
        read_table((text + "a,b\nc,d\n").encode())


@pytest.mark.parametrize("data", [b"", b"\n\n", b'{"a": ', b"[1]\n{", b"\xff\xfe\x00", b"{}\nx"])
def test_what_is_no_table_is_refused(data: bytes, api: ApiClient, category: Category) -> None:
    try:
        read_table(data)
    except NotATable:
        assert send(api, data, category=category.public_id).status_code == 422


def test_scripts_in_html_tables_are_taken_out(api: ApiClient, category: Category) -> None:
    text = "#html:true\n#separator:tab\n<b>a</b><script>x()</script>\t<img src=x onerror=y()>\n"
    assert send(api, text, category=category.public_id).json()["new"] == 1
    content = Content.objects.get()
    assert (content.front, "onerror" in content.back) == ("<b>a</b>", False)


def test_anothers_category_takes_nothing(api: ApiClient, bob: User) -> None:
    theirs = make.category(bob, "Theirs")
    answer = send(api, "a,b\n", category=theirs.public_id)
    assert (answer.status_code, Content.objects.count()) == (404, 0)
    assert api.get("/exports/table/", category=theirs.public_id).status_code == 404
