"""What the video marts say of a handful of views: curves, drop-offs, concurrency, people, moments, by hand."""

import math

import duckdb
import pytest

from analytics_platform.errors import ReportError
from analytics_platform.reports.video import compose
from analytics_platform.reports.video_data import engagement, retention_curve, significant_dropoffs, video
from analytics_platform.reports.video_forms import html, markdown
from analytics_platform.reports.video_writing import facts_of
from analytics_platform_tests.dbt_project.test_video import NUMBERS, event


def player(video, who, when, kind, position=None, **more):
    return event(video, who, "00:00", kind, position) | {"event_time": f"2026-03-01 {when}+00"} | more


def view(video, who, hour, until, length, last="pause"):
    """Played from 0 without a break, so many seconds on the clock as in the video."""
    yield player(video, who, f"{hour}:00:00", "play", 0, duration_seconds=length)
    yield player(video, who, f"{hour}:{until // 60:02}:{until % 60:02}", last, until)


def exchange(who, when):
    number = next(NUMBERS)
    return {
        "message_id": f"m{number}",
        "conversation_id": f"c{number}",
        "event_time": f"2026-03-01 {when}+00",
        "actor_key": f"user:{who}",
        "app_id": "helper",
        "answer": "Yes.",
    }


def quiz(who, when, success):
    return {
        "statement_id": f"q{next(NUMBERS)}",
        "event_time": f"2026-03-01 {when}+00",
        "actor_key": f"user:{who}",
        "verb": "answered",
        "object_type": "Activity",
        "object_id": "https://courses.example.org/one/quiz/7",
        "lesson_url": "https://courses.example.org/one",
        "card_id": "7",
        "card_type": "quiz",
        "object_name": "Why?",
        "response": "Because",
        "success": success,
    }


# talk, 100 s: of 30 people ten leave at 40, two at 41; one skips from 30 to 60; 18 come to the end.
TALK = [
    *(e for n in range(10) for e in view("talk", f"p{n}", 12, 40, 100)),
    *(e for n in (10, 11) for e in view("talk", f"p{n}", 12, 41, 100)),
    player("talk", "p12", "12:00:00", "play", 0, duration_seconds=100),
    player("talk", "p12", "12:00:30", "seek", seek_from_seconds=30, seek_to_seconds=60),
    player("talk", "p12", "12:01:10", "ended", 100),
    *(e for n in range(13, 30) for e in view("talk", f"p{n}", 12, 100, 100, "ended")),
]
# wall: ann plays 10:00:30-10:01:30, ben 10:01:00-10:02:00; cem stalls for minutes, of which five count.
WALL = [
    player("wall", "ann", "10:00:30", "play", 0, duration_seconds=60),
    player("wall", "ann", "10:01:30", "pause", 60),
    player("wall", "ben", "10:01:00", "play", 0),
    player("wall", "ben", "10:02:00", "pause", 60),
    player("wall", "cem", "11:00:00", "play", 0),
    player("wall", "cem", "11:10:00", "pause", 30),
    player("wall", "cem", "11:10:00", "seek", seek_from_seconds=30, seek_to_seconds=30),
]
# Five videos of 10 s, watched for 2, 4, 6, 8 and 10 of them by one person in one day; eve completes, dan skips.
SHORT = [
    *(e for n in (1, 2, 3, 4, 5) for e in view(f"short {n}", "binge", 10 + n, 2 * n, 10)),
    *(e for hour in (13, 15, 17) for e in view("short 5", "eve", hour, 10, 10, "ended")),
    *(
        e
        for hour in (13, 15, 17)
        for e in (
            player("short 5", "dan", f"{hour}:00:00", "play", 0),
            player("short 5", "dan", f"{hour}:00:02", "seek", seek_from_seconds=2, seek_to_seconds=8),
            player("short 5", "dan", f"{hour}:00:03", "pause", 9),
        )
    ),
    *(e for hour in (13, 15, 17) for e in view("short 5", "fay", hour, 3, 10)),
]
# The catalogue: one video under two ids, its length and title; one that nobody has viewed.
OTHER = [*view("old id", "ann", 16, 50, 999), *view("new id", "ben", 16, 20, 60)]
CATALOGUE = [
    {"video_id": "new id", "title": "Sleep well", "duration_seconds": 40},
    {"video_id": "old id", "alias_of": "new id"},
    {"video_id": "unseen", "title": "Nobody's", "duration_seconds": 30},
]
# Within the hour after 12:00:40 six of those who left ask the bot and five of them answer wrongly; others come too
# late, were there before, are right, or are too few.
NEXT = [exchange(f"p{n}", "12:30:00") for n in range(6)]
NEXT += [exchange("p6", "13:00:41"), exchange("p7", "12:00:39"), exchange("p20", "12:30:00")]
TOPICS = [
    {
        "message_id": message["message_id"],
        "conversation_id": message["conversation_id"],
        "day": "2026-03-01",
        "topics": "pricing|account" if message["actor_key"] == "user:p0" else "pricing",
        "topic_confidence": 0.9,
        "language": "unknown",
        "intent": "unknown",
        "sentiment": "unknown",
        "safety": "none",
    }
    for message in NEXT
]
ANSWERS = [quiz(f"p{n}", "12:10:00", False) for n in range(1, 6)] + [quiz(f"p{n}", "12:10:00", True) for n in (6, 7)]
PAGES = [
    {
        "event_id": f"t{n}",
        "event_time": "2026-03-01 12:20:00+00",
        "kind": "action",
        "actor_key": f"user:p{n}",
        "action": "open",
    }
    for n in range(4)
]


@pytest.fixture(scope="module")
def rows(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("video/events", TALK + WALL + SHORT + OTHER)
    day = {"day": "2026-03-01", "batch_id": "b", "event_time": "2026-03-01 00:00:00+00"}
    lines = [line | day | {"row_id": f"b:{n}", "file_line": n} for n, line in enumerate(CATALOGUE)]
    warehouse.put("videos/catalogue", lines)
    warehouse.put("nocodb/messages", NEXT)
    warehouse.put("labels/exchanges", TOPICS)
    warehouse.put("xapi/statements", ANSWERS)
    warehouse.put("telemetry/events", PAGES)
    marts = ("video_moments", "video_engagement", "video_concurrency", "video_viewers", "video_views")
    warehouse.build(select=" ".join(f"+{mart}" for mart in marts))
    return warehouse.rows


def wilson(part, whole, z=1.959963984540054):
    """https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval"""
    p = part / whole
    spread = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    return (p + z * z / (2 * whole) - spread) / (1 + z * z / whole)


def test_the_curves_of_a_talk(rows):
    assert rows("""
        select video_second, views, views_watching, times_watched, views_surviving, exits, views_at_risk, skips
        from video_retention_curve
        where video_id = 'talk' and video_second in (0, 29, 30, 31, 39, 40, 41, 42, 59, 60, 99) order by 1
    """) == [
        (0, 30, 30, 30, 30, 0, 30, 0),
        (29, 30, 30, 30, 30, 0, 30, 0),
        (30, 30, 29, 29, 30, 0, 30, 1),
        (31, 30, 29, 29, 29, 0, 30, 1),
        (39, 30, 29, 29, 29, 0, 30, 1),
        (40, 30, 19, 19, 29, 10, 30, 1),
        (41, 30, 17, 17, 19, 2, 20, 1),
        (42, 30, 17, 17, 17, 0, 18, 1),
        (59, 30, 17, 17, 17, 0, 18, 1),
        (60, 30, 18, 18, 17, 0, 18, 0),
        (99, 30, 18, 18, 17, 0, 18, 0),
    ]


def test_the_drop_off_stands_out_and_its_skips_are_apart(rows):
    (found,) = rows("select * exclude (video_id) from video_dropoffs")
    assert found[:6] == (1, 40, 40, 30, 30, 10)
    assert found[6] == pytest.approx(1 / 3)
    assert found[7] == pytest.approx(wilson(10, 30))
    assert (found[8], found[12], found[13]) == (40, 1, 0.1)
    assert found[9] == pytest.approx(1 / 3)
    # 30 at risk in the seconds 0 to 40, 20 in 41, 18 in 42 to 94 (from 95 on is the end): 2,204, and 12 exits.
    assert found[10] == pytest.approx(12 / 2204)
    # Ten of twelve exits on a second with 30 of 2,204; of the 95 seconds 42 have 20 at risk.
    distance = 10 / 12 * math.log(10 / 12 * 2204 / 30) + 2 / 12 * math.log(2 / 12 * 2204 / 2174)
    assert found[11] == pytest.approx(42 * math.exp(-12 * distance))
    ((bound,),) = rows("""
        select hazard_lower_bound from video_retention_curve where video_id = 'talk' and video_second = 41
    """)
    assert bound == pytest.approx(wilson(2, 20))
    # The two who leave a second later are a tenth of those at risk, and could be chance.
    distance = 2 / 12 * math.log(2 / 12 * 2204 / 20) + 10 / 12 * math.log(10 / 12 * 2204 / 2184)
    ((chance,),) = rows("select chance from video_retention_curve where video_id = 'talk' and video_second = 41")
    assert chance == pytest.approx(42 * math.exp(-12 * distance))


def test_a_day_of_a_talk(rows):
    assert rows("""
        select viewers, anonymous_views, views, valid_views, completed_views, play_time_seconds,
            round(average_view_duration_seconds, 6), round(completion_rate, 6)
        from video_engagement where video_id = 'talk'
    """) == [(30, 0, 30, 30, 17, 400.0 + 82 + 70 + 1700, round(2252 / 30, 6), round(17 / 30, 6))]


def test_concurrency_is_exact_by_the_minute(rows):
    def minutes(condition):
        return rows(f"""
            select strftime(minute, '%H:%M'), peak, average from video_concurrency
            where {condition} and minute < '2026-03-01 11:50+00' order by 1
        """)

    stalled = [(f"11:0{n}", 1, 1.0) for n in range(5)] + [("11:05", 1, 0.5)]
    assert minutes("video_id = 'wall'") == [("10:00", 1, 0.5), ("10:01", 2, 1.5), *stalled]
    # Beside it binge watches 2 s at 11:00.
    together = [("11:00", 2, 62 / 60), *stalled[1:]]
    assert minutes("video_id is null") == [("10:00", 1, 0.5), ("10:01", 2, 1.5), *together]


def test_retention_beside_the_videos_of_the_same_length(rows):
    # A in the middle: short 1 and 2 nobody, short 5 four of ten views, new id 1 of 2, short 3 and 4 everybody.
    assert rows("""
        select video_id, relative_retention, compared_videos from video_retention_curve
        where video_id like 'short%' and video_second = 5 order by 1
    """) == [
        ("short 1", 0.0, 6),
        ("short 2", 0.0, 6),
        ("short 3", 0.8, 6),
        ("short 4", 0.8, 6),
        ("short 5", 0.4, 6),
    ]
    assert rows("select distinct relative_retention from video_retention_curve where video_id = 'talk'") == [(None,)]


def test_people_by_how_they_watch(rows):
    assert rows("""
        select distinct viewers.kind, viewers.views, completed_views, skipping_views, videos_per_day
        from video_viewers as viewers
        inner join video_views as views on viewers.person_id = views.person_id
        where views.actor_key in ('user:binge', 'user:eve', 'user:dan', 'user:fay', 'user:p1') order by 1
    """) == [
        ("binge", 5, 1, 0, 5.0),
        ("casual", 3, 0, 0, 1.0),
        ("completer", 3, 3, 0, 1.0),
        ("skipper", 3, 0, 3, 1.0),
        ("unknown", 1, 0, 0, 1.0),
    ]


def test_a_video_under_two_ids_is_one(rows):
    assert rows("""
        select video_id, title, title_from, duration_seconds, duration_from, other_ids, views from video_catalogue
        where title is not null order by 1
    """) == [
        ("new id", "Sleep well", "catalogue", 40.0, "catalogue", "old id", 2),
        ("unseen", "Nobody's", "catalogue", 30.0, "catalogue", None, 0),
    ]
    assert rows("""
        select sent_video_id, title, play_time_seconds, percent_watched, is_completed, is_valid
        from video_views where video_id = 'new id' order by 1
    """) == [("new id", "Sleep well", 20.0, 0.5, False, True), ("old id", "Sleep well", 40.0, 1.0, True, True)]
    assert rows("""
        select max(views), max(times_watched) filter (where video_second = 30), count(*) from video_retention_curve
        where video_id = 'new id'
    """) == [(2, 1, 40)]


def test_what_the_people_who_left_did_next(rows):
    assert rows("""
        select video_id, dropoff_number, views_left, people_left, what, subject, people, share
        from video_moments order by what, subject nulls first
    """) == [
        ("talk", 1, 10, 10, "chat", None, 6, 0.6),
        ("talk", 1, 10, 10, "chat", "pricing", 6, 0.6),
        ("talk", 1, 10, 10, "wrong answer", None, 5, 0.5),
        ("talk", 1, 10, 10, "wrong answer", "Why?", 5, 0.5),
    ]


class Published:
    """The built marts as a reader gives them."""

    def __init__(self, rows):
        self.rows = rows

    def query(self, sql, parameters=()):
        return self.rows(sql, parameters)


@pytest.fixture(scope="module")
def reader(rows):
    file = rows.__self__.file

    def ask(sql, parameters):
        with duckdb.connect(str(file)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach if not exists '{file.with_name('steps.duckdb')}' as steps")
            return connection.sql(sql, params=list(parameters) or None).to_arrow_table()

    return Published(ask)


def test_a_caller_chooses_the_threshold(reader):
    told = ("from_second", "to_second", "views_at_risk", "exits", "worst_hazard", "mean_hazard", "chance", "skips")
    mart = reader.query(f"select {', '.join(told)} from video_dropoffs where video_id = 'talk' order by from_second")
    assert [{name: row[name] for name in told} for row in significant_dropoffs(reader, "talk")] == mart.to_pylist()
    assert [row["exits"] for row in significant_dropoffs(reader, "talk")] == [10]
    assert [(row["from_second"], row["to_second"]) for row in significant_dropoffs(reader, "talk", 0.2)] == [(40, 40)]
    assert significant_dropoffs(reader, "talk", 0.5) == []
    with pytest.raises(ReportError, match="The threshold is 0; it is a share"):
        significant_dropoffs(reader, "talk", 0)


def test_videos_are_found_by_any_id_and_an_unknown_one_is_an_error(reader):
    assert video(reader, "old id")["video_id"] == "new id"
    with pytest.raises(ReportError, match=r"No video is called 'gone'\. The most viewed are: talk, short 5"):
        video(reader, "gone")
    assert retention_curve(reader, "unseen") == []
    assert engagement(reader, "unseen")["completion_rate"] is None


def test_the_report_of_a_talk(reader):
    report = compose(facts_of(reader, "talk"))
    assert report.numbers[1] == ("Completed", "56.7 %", "17 of 30 views")
    assert report.numbers[2] == ("Average view", "1:15 min", "play time of 30 views, repeats included")
    (dropoff,) = report.dropoffs
    assert dropoff[0] == (
        "0:40: 10 of 30 views that were still there end (33.3 %); on the average a second loses 0.5 %."
    )
    assert "Within the hour, 6 of the 10 people who left asked the bot: pricing." in dropoff
    assert "Within the hour, 5 of the 10 people who left answered a question wrongly: Why?." in dropoff
    assert len(report.actions) == 3
    # All but 30 * 12 / 2204 of the ten go on, of whom 17 in 20 complete: (17 + 9.84 * 17 / 20) / 30.
    assert report.targets[0].startswith("Completion 56.7 % → 84.5 %, if 0:40 lost only")
    for text in (markdown(report), html(report)):
        assert "10 of 30 views" in text
    assert "Plotly.newPlot" in html(report)
    assert 'src="http' not in html(report)


def test_the_report_says_why_it_shows_no_numbers(reader):
    unseen, few = compose(facts_of(reader, "unseen")), compose(facts_of(reader, "short 1"))
    assert (unseen.state, unseen.numbers) == ("No data: nobody has viewed this video yet.", ())
    assert "No data" in html(unseen)
    assert few.state == "Fewer than 5 people have viewed this video, so no numbers are shown."
    assert "%" not in markdown(few)
