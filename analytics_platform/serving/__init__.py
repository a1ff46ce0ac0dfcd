"""What people and programs outside see: the API, the pages, Seven and exports. All of it asks ``semantics``.

``api`` (HTTP for programs), ``pages`` (Streamlit), ``seven`` (questions in words), ``exports`` (files). Does not live
here: what a number means (``semantics``, dbt), documents (``reports``).
"""
