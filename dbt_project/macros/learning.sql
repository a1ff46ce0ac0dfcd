{# What statements say of lessons and activities. #}

{# The statement is about the activity as a whole, which is then the lesson, and not about a page of the lesson above.
   What somebody attempts is a lesson whatever the verb is: Moodle says start. #}
{% macro stands_alone() -%}
    coalesce(
        object_type = 'Activity' and not is_question and not is_video
        and (
            coalesce(attempt_id = object_id, false)
            or (
                verb in (
                    'launched', 'initialized', 'attempted', 'experienced', 'progressed', 'completed', 'passed',
                    'failed', 'terminated', 'satisfied', 'waived', 'abandoned'
                )
                and case
                    when lesson_url is null then not {{ ends_with('activity_type', 'course') }}
                    else verb <> 'experienced'
                        and (
                            coalesce(lesson_url = course_url, false)
                            {%- for kind in ['lesson', 'module', 'assessment', 'unit'] %}
                            or {{ ends_with('activity_type', kind) }}
                            {%- endfor %}
                        )
                end
            )
        ),
        false
    )
{%- endmacro %}

{# An activity's type is an address: its last part says what it is. #}
{% macro ends_with(activity_type, kind) %}coalesce({{ activity_type }} like '%/{{ kind }}', false){% endmacro %}

{# When an activity was completed, by cmi5's moveOn where a launch told it; without one any of the three suffices.
   https://github.com/AICC/CMI-5_Spec_Current/blob/quartz/cmi5_spec.md#moveon #}
{% macro completed_by(move_on, started_at, completed_at, passed_at, satisfied_at) -%}
    case {{ move_on }}
        when 'NotApplicable' then {{ started_at }}
        when 'Passed' then {{ earliest_of([passed_at, satisfied_at]) }}
        when 'Completed' then {{ earliest_of([completed_at, satisfied_at]) }}
        when 'CompletedAndPassed' then {{ earliest_of(['greatest(' ~ completed_at ~ ', ' ~ passed_at ~ ')', satisfied_at], both=[completed_at, passed_at]) }}
        else {{ earliest_of([completed_at, passed_at, satisfied_at]) }}
    end
{%- endmacro %}

{# The earliest of several moments, any of which may be missing. `both`: what the first one needs, since the engines
   disagree on greatest() of a missing value. #}
{% macro earliest_of(moments, both=none) -%}
    {%- set never = "timestamp '9999-12-31 00:00:00+00'" -%}
    nullif(least(
        {%- for moment in moments -%}
            {%- if both and loop.first -%}
                case when {{ both | join(' is null or ') }} is null then {{ never }} else {{ moment }} end
            {%- else -%}
                coalesce({{ moment }}, {{ never }})
            {%- endif -%}
            {{ ', ' if not loop.last }}
        {%- endfor -%}
    ), {{ never }})
{%- endmacro %}
