"""The verbs that make, read and write system files: new, import, export, schema."""

from __future__ import annotations

import click

from .. import terminal
from .exporting import FORMS, Form
from .exporting import export as export_system
from .file import load
from .output import check_output, is_file, write_system, write_text
from .sources import source_name
from .text import counted, plain

output_option = click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
force_option = click.option("--force", is_flag=True, help="Replace FILE if it exists.")


@click.command("new")
@click.argument("names", nargs=-1, metavar="[CLASS]...")
@click.option("--classes", metavar="FILE", help="Read the class names from FILE, one a line; - is standard input.")
@click.option(
    "--attributes", metavar="A,B,...", multiple=True, required=True, help="The attributes' names, with commas between."
)
@click.option("--name", metavar="NAME", help="The system's name; by default that of FILE.")
@output_option
@force_option
def new(
    names: tuple[str, ...],
    classes: str | None,
    attributes: tuple[str, ...],
    name: str | None,
    output: str | None,
    force: bool,
) -> None:
    """Begin a system by hand: classes and attributes, to be given prompts, options and rules.

    \b
    Examples:
      cotsmith new Absol Aggron --attributes color,form -o pokemon.json
      cotsmith new --classes birds.txt --attributes breast,head -o birds.json
    """
    from .import_texts import name_from
    from .skeleton import listed_names, skeleton
    from .sources import read_text

    check_output(output, force=force)
    listed = [*names, *(listed_names(read_text(classes)) if classes else [])]
    wanted = [part for group in attributes for part in group.split(",") if part.strip()]
    system = skeleton(listed, wanted, name=name or name_from(output or ""))
    counts = counted(len(system.classes), "class", "classes"), counted(len(system.attributes), "attribute")
    write_system(system, output, reason=f"begun with {' and '.join(counts)}")
    if is_file(output):
        file = plain(str(output))
        terminal.note(f"Now edit the prompts, options and rules in {file}, then: cotsmith check {file}")


@click.command("import")
@click.argument("source")
@click.option("--name", metavar="NAME", help="The system's name; by default its own, or that of SOURCE.")
@output_option
@force_option
def import_(source: str, name: str | None, output: str | None, force: bool) -> None:
    """Read a system in another form, and write it as a cotsmith file.

    SOURCE is a file, or - for standard input. Its content tells the form: a cotsmith file; classification_cot or
    classification_groups with rules by index, as JSON or as a Python dict, also within an LLM's reply; class to
    attribute to descriptors as JSON; a CSV table with a row for each class and a column for each attribute.

    \b
    Examples:
      cotsmith import reply.txt -o cards.json
      cotsmith import table.csv --name birds -o birds.json
    """
    from .importing import import_file

    check_output(output, force=force)
    imported = import_file(source, name=name)
    write_system(imported.system, output, kind="import", reason=f"imported from {source_name(source)}")
    for remark in imported.remarks:
        terminal.warn(remark)
    system = imported.system
    counts = (
        counted(len(system.attributes), "attribute"),
        counted(system.option_count, "option"),
        counted(len(system.classes), "class", "classes"),
    )
    terminal.note(f"Read as {imported.form}: {', '.join(counts)}.")
    if is_file(output):
        terminal.note(f"Next: cotsmith check {plain(str(output))}")


@click.command("export")
@click.argument("file")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="cotsmith",
    show_default=True,
    help="The form to write.",
)
@output_option
@force_option
def export(file: str, form: Form, output: str | None, force: bool) -> None:
    """Write a system in another form: rules by index, a CSV table, or Markdown for people.

    FILE is a system file, gallery:NAME, or - for standard input. What the form cannot hold is told on standard error.

    \b
    Examples:
      cotsmith export gallery:pokemon-cards -o pokemon.json
      cotsmith export cards.json --format csv -o table.csv
    """
    check_output(output, force=force)
    system = load(file)
    exported = export_system(system, form)
    if form == "cotsmith" and is_file(output):
        write_system(system, output, kind="import", reason=f"copy of {source_name(file)}")
    else:
        write_text(exported.text, output)
    if exported.lost:
        terminal.warn(f"{form} cannot hold {', '.join(exported.lost)}")


@click.command("schema")
def schema() -> None:
    """Print the JSON Schema of a system file, for editors and other tools.

    \b
    Example:
      cotsmith schema > cotsmith.schema.json
    """
    from .schema import system_schema

    terminal.out_json(system_schema())
