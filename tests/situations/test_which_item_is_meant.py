"""Labels of files and events of customers, under the names that exports give them."""

import numpy as np
import pytest

from latens.data.event_files import load_interactions
from latens.data.interactions import EventColumns
from latens.data.label_files import read_label_file
from latens.exceptions import DataError

PHOTOS = [f"IMG_{number:04d}.JPG" for number in range(1, 31)]


def labels(folder, text: str, names: list[str], encoding: str = "utf-8") -> dict[int, str]:
    (folder / "l.csv").write_text(text, encoding=encoding)
    found = read_label_file(folder / "l.csv", names, len(names), "it")
    return {row: label for row, label in enumerate(found.labels) if label is not None}


@pytest.mark.parametrize(
    ("names", "text"),
    [
        pytest.param(PHOTOS, "file,label\nimg_0003.jpg,cat\n", id="small letters of Windows"),
        pytest.param(
            [f"pets/{name}" for name in PHOTOS],
            "file,label\npets\\IMG_0003.JPG,cat\n",
            id="backslashes of Windows",
        ),
        pytest.param(PHOTOS, "file,label\n./IMG_0003.JPG,cat\n", id="a dot of find"),
        pytest.param(
            PHOTOS,
            "file,label\n/home/ada/photos/IMG_0003.JPG,cat\n",
            id="a path of another machine",
        ),
        pytest.param(PHOTOS, "file;label\r\nIMG_0003.JPG;cat\r\n", id="semicolons"),
        pytest.param(PHOTOS, 'file,label\n"IMG_0003.JPG" ,"cat"\n', id="a blank behind quotes"),
    ],
)
def test_a_file_is_found_as_its_system_writes_it(tmp_path, names, text) -> None:
    assert labels(tmp_path, text, names) == {2: "cat"}


def test_labels_may_hold_commas_and_items_too(tmp_path) -> None:
    names = ["Doe, Jane.png", "Roe, Richard.png", "plain.png"]
    text = 'item,label\n"Doe, Jane.png","benign, early"\nplain.png,none\n'
    assert labels(tmp_path, text, names) == {0: "benign, early", 2: "none"}


def test_a_label_called_na_is_a_label(tmp_path) -> None:
    assert labels(tmp_path, "file,label\nIMG_0001.JPG,NA\n", PHOTOS) == {0: "NA"}


def test_names_with_umlauts_of_two_spellings_are_one_name(tmp_path) -> None:
    composed, apart = "Bär.png", "Ba\u0308r.png"  # as a Mac writes it
    assert labels(tmp_path, f"{composed},cat\n", [apart, "Uhu.png"]) == {0: "cat"}


def events(folder, text: str, name: str = "e.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return load_interactions(folder / name)


SHOPS = {
    "online retail": (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,WHITE HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom\n"
        "536365,71053,WHITE LANTERN,6,12/1/2010 8:26,3.39,17850,United Kingdom\n"
        "536367,84879,BIRD ORNAMENT,32,12/1/2010 8:34,1.69,13047,United Kingdom\n",
        ["13047", "17850"],
        ["71053", "84879", "85123A"],
    ),
    "retailrocket": (
        "timestamp,visitorid,event,itemid,transactionid\n"
        "1433221332117,257597,view,355908,\n1433224214164,992329,view,248676,\n"
        "1433221999827,257597,transaction,318965,4000\n",
        ["257597", "992329"],
        ["248676", "318965", "355908"],
    ),
    "H&M": (
        "t_dat,customer_id,article_id,price,sales_channel_id\n"
        "2018-09-20,00a1,0663713001,0.0508,2\n2018-09-20,00b2,0541518023,0.0304,2\n"
        "2018-09-21,00a1,0541518023,0.0304,1\n",
        ["00a1", "00b2"],
        ["0541518023", "0663713001"],
    ),
    "Kunden": (
        "Kundennummer;Artikelnummer;Menge\n0012;A-1;2\n0013;A-1;1\n0012;B-7;3\n",
        ["0012", "0013"],
        ["A-1", "B-7"],
    ),
    "goodreads": (
        "user_id,book_id,rating\n1,258,5\n2,4081,4\n2,260,5\n",
        ["1", "2"],
        ["258", "260", "4081"],
    ),
}


# No name says what these are, so that the options have to.
ASKED = {
    "online retail": EventColumns(user="CustomerID", item="StockCode"),
    "Kunden": EventColumns(user="Kundennummer", item="Artikelnummer"),
}


@pytest.mark.parametrize("shop", ASKED)
def test_names_that_say_nothing_are_refused_and_can_be_given(tmp_path, shop: str) -> None:
    text, users, items = SHOPS[shop]
    with pytest.raises(DataError, match=r"--(user|item)-column"):
        events(tmp_path, text)
    found = load_interactions(tmp_path / "e.csv", columns=ASKED[shop])
    assert sorted(found.users) == users
    assert sorted(found.items) == items


@pytest.mark.parametrize("shop", [shop for shop in SHOPS if shop not in ASKED])
def test_who_bought_what_is_told_by_the_names_of_a_shop(tmp_path, shop: str) -> None:
    text, users, items = SHOPS[shop]
    found = events(tmp_path, text)
    assert sorted(found.users) == users
    assert sorted(found.items) == items
    assert any("--user-column" in note and "--item-column" in note for note in found.notes)


def test_baskets_without_customers_are_refused_with_the_option(tmp_path) -> None:
    text = (
        "order_id,product_id,add_to_cart_order,reordered\n2,33120,1,1\n2,28985,2,1\n3,33754,1,1\n"
    )
    with pytest.raises(DataError, match="--user-column"):
        events(tmp_path, text)


def test_games_with_commas_in_quotes_and_no_header(tmp_path) -> None:
    rows = [
        '151603712,"Sid Meier, Civ V",play,5.5,0\n',
        "151603712,Fallout 4,play,87,0\n",
        '59945701,"Sid Meier, Civ V",play,1.2,0\n',
    ]
    found = events(tmp_path, "".join(rows))
    assert sorted(found.users) == ["151603712", "59945701"]
    assert sorted(found.items) == ["Fallout 4", "Sid Meier, Civ V"]


def test_mail_addresses_differ_by_blanks_alone_are_one_user(tmp_path) -> None:
    found = events(tmp_path, "user,item\na@x.org,1\na@x.org ,2\nA@x.org,2\n")
    assert found.users.tolist() == ["A@x.org", "a@x.org"] or len(found.users) == 2


def test_row_names_of_patients_keep_their_zeros(read_columns) -> None:
    found = read_columns(
        {"Fallnr": [f"{row:06d}" for row in range(60)], "x": np.random.default_rng(1).random(60)},
        id_column="Fallnr",
    )
    assert found.item_names[7] == "000007"
    assert found.feature_names == ("x",)
