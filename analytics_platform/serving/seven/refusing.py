"""What Seven will not do, whatever the words: change data, give away secrets, take orders, speak of what is not here.

Does not live here: roles. A question that is allowed here may still be refused by the semantics.
"""

import re

_CHANGES = re.compile(
    r"\b(delete|drop (?:the )?(?:table|database|schema|mart|view)|drop all|truncate|"
    r"insert into|update \w+ set|alter|grant|revoke|attach|copy|"
    r"pragma|install|overwrite|erase|remove all|wipe|shut ?down|create table|execute|rm -rf|exec|"
    r"hapus(?:kan)?|ubah(?:lah)?|gantikan|kirim(?:kan)?)\b|"
    r"ลบ(?:ข้อมูล|ทั้งหมด|ผู้|คน|ทุก)|แก้ไข(?:ข้อมูล|คะแนน)|(?<!ใคร)(?<!คนที่)ส่ง(?:อีเมล|ข้อความ|เมล)|"
    r"^(?:please |can you |could you |now )*(?:(?:e-?mail|remind|notify|message) |"
    r"(?:send|write|forward) (?:an? |the |this |these )?(?:\w+ )?(?:e-?mails?|mails?|messages?|reminders?|sms) to\b)"
)
_SECRETS = re.compile(
    r"\b(passwords?|passwd|api keys?|secrets?|tokens? of(?! (?:by|each|every|which|what|the model|models?"
    r"|gpt|claude|answers|conversations)\b)|credentials?|private key|"
    r"environment variables?|\.env|connection string"
    r"|/etc/\w+|settings file)\b"
)
_ORDERS = re.compile(
    r"\b(ignore (?:all |any |the |your )*(?:previous|prior|above|instructions|rules)|"
    r"you are now|pretend (?:to be|you)|act as|system prompt"
    r"|developer mode|jailbreak|disregard|as an ai|reveal your|bypass|override (?:the |your )?(?:rules|limits|roles?))"
    r"|abaikan (?:semua )?instruksi|เพิกเฉย"
)
_SQL = re.compile(
    r"^\s*(select|with|insert|update|delete|pragma|attach|copy)\b.*\b(from|into|set|"
    r"database)\b|;\s*(drop|select|delete)"
)
_OUTSIDE = re.compile(
    r"\b(weather|stock price|joke|poem|recipe|capital of|president|football|news|translate|"
    r"write (?:me )?(?:an?|the) (?:email|essay|code)"
    r"|salary|salaries|religion|ethnicity|gender|race of|political|diagnos\w+|medical|"
    r"pregnan\w+|home address|phone numbers?"
    r"|who (?:wrote|made|created|designed|built|recorded|filmed|teaches|taught) (?:the |this )?"
    r"(?:lessons?|videos?|course|questions?)"
    r"|(?:who|which \w+|did \w+) cheated|how many (?:kids|children) (?:do|does|did|have|has)"
    r"|(?:learners?|people|users?|customers?|students?|participants?|members?|they) (?:pay|paid|pays) (?:for|to)"
    r"|waiting lists?|revenue|turnover|profits?|income|sales figures|tuition|subscription fees?"
    r"|(?:watch\w*|us(?:e|ed|ing)|open\w*|learn\w*|log\w* in|access\w*|active|answered|done|did|completed|finished)"
    r" (?:[\w ]+ )?(?:on|from|with|via) (?:their |a |an |the |his |her )?(?:own )?(?:mobiles?|phones?|smartphones?"
    r"|cell ?phones?|tablets?|laptops?|desktops?|computers?|iphones?|ipads?|android)"
    r"|bitcoin|horoscope|your opinion|do you think|who are you|meaning of life)\b"
)

# What stands in a chat, word for word; answers of lessons are other texts.
_BOT = r"(?:the |our )?(?:chat ?bot|bot|assistant|ai|coach bot|support bot)"
_CHAT_TEXTS = re.compile(
    rf"\b(?:exactly|word for word|literally|verbatim|the (?:exact|full|actual) (?:words?|texts?|wording|messages?))\b.*"
    rf"\b(?:to|with|by|from|of) {_BOT}\b"
    rf"|^(?:show (?:me )?|tell me |give me |list )?what (?:did |has |have )?[\w' ]+? (?:wrote|write|written|said"
    rf"|say|typed?|told?|texted) (?:to |with )?{_BOT}\b(?! about)"
    rf"|\bwhat exactly\b.*\b{_BOT}\b"
    r"|^(?:show (?:me )?)?what (?:did|has) (?!(?:the |our |most )*(?:people|they|learners|users|students|everyone"
    rf"|members|we|participants)\b)[\w' ]+? ask(?:ed)? {_BOT}$"
    rf"|\bwhat (?:did|does|has|do) {_BOT} (?:answer|repl|sa[yi]|writ|tell|told)\w*"
    rf"|\bwhat {_BOT} (?:answered|replied|said|wrote|told)\b"
    r"|\b(?:transcripts?|chat (?:logs?|texts?|history)|wording|full texts?|exact (?:words|texts?))\b(?: of| from)?.*"
    r"\b(?:chats?|conversations?|messages?|bot|chatbot)\b|\b(?:chat|conversation|bot|chatbot) (?:transcripts?|logs?)\b"
)


def refusal(text: str) -> str:
    """Why the question is refused; empty when it is not."""
    if _ORDERS.search(text):
        return "I answer questions about the data. I take no orders from a question, and my limits stay as they are."
    if _SECRETS.search(text):
        return "Passwords, keys and settings are not part of the data, and I do not give them away."
    if _CHANGES.search(text) or _SQL.search(text):
        return "I only read: I neither change data nor run SQL. The Explorer page shows every mart."
    return ""


def outside(text: str) -> str:
    """Why the question cannot be answered from this data at all; empty when it may be."""
    if _OUTSIDE.search(text):
        return "The platform holds no data about that."
    if _CHAT_TEXTS.search(text):
        return "The texts of chats are not kept here: only when, how many, how long, topics and moods of them."
    return ""
