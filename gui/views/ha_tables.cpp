#include "gui/views/ha_tables.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>

#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/wrap_label.h"

namespace meseta::console {

namespace {

class SignMark : public QWidget
{
public:
    explicit SignMark(const Look &look) : m_look(look)
    {
        setFixedSize(14, QFontMetrics(Theme::headingFont()).height());
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const double side = 10;
        paintSign(&painter, QRectF((width() - side) / 2.0, (height() - side) / 2.0, side, side),
                  m_look);
    }

private:
    Look m_look;
};

QLabel *cell(const QString &text, bool muted = false)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    if (muted)
        label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

void clear(QGridLayout *grid)
{
    while (QLayoutItem *item = grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

} // namespace

FactTable::FactTable(QWidget *parent) : QWidget(parent), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(Theme::Wide);
    m_grid->setVerticalSpacing(Theme::Small);
}

void FactTable::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    if (m_rows.isEmpty())
        rebuild();
}

void FactTable::setRows(const QStringList &titles, const QList<Row> &rows)
{
    m_titles = titles;
    m_rows = rows;
    rebuild();
}

void FactTable::rebuild()
{
    QString drawn = m_titles.join(QLatin1Char('\t')) + m_emptyText;
    for (const Row &row : std::as_const(m_rows))
        drawn += QLatin1Char('\n') + row.cells.join(QLatin1Char('\t')) + row.note
            + QString::number(static_cast<int>(row.look.sign));
    if (drawn == m_drawn)
        return;
    m_drawn = drawn;
    clear(m_grid);
    if (m_rows.isEmpty()) {
        auto *sentence = new WrapLabel(m_emptyText);
        sentence->setMuted(true);
        m_grid->addWidget(sentence, 0, 0);
        m_grid->setColumnStretch(0, 1);
        return;
    }
    m_grid->setColumnStretch(0, 0);
    const int last = static_cast<int>(m_titles.size()) + 1;
    m_grid->setColumnStretch(last, 1);
    for (int column = 0; column < m_titles.size(); ++column)
        m_grid->addWidget(cell(m_titles.at(column), true), 0, column + 1);
    int line = 1;
    for (const Row &row : std::as_const(m_rows)) {
        m_grid->addWidget(new SignMark(row.look), line, 0);
        for (int column = 0; column < row.cells.size(); ++column)
            m_grid->addWidget(cell(row.cells.at(column)), line, column + 1);
        if (!row.note.isEmpty()) {
            auto *note = new WrapLabel(row.note);
            note->setMuted(true);
            m_grid->addWidget(note, ++line, 1, 1, last);
        }
        ++line;
    }
}

AnswerList::AnswerList(QWidget *parent) : QWidget(parent), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(Theme::Small);
    m_grid->setVerticalSpacing(Theme::Tight);
    m_grid->setColumnStretch(1, 1);
}

void AnswerList::setLines(const QList<Line> &lines)
{
    QString drawn;
    for (const Line &line : lines)
        drawn += line.question + line.text + QString::number(static_cast<int>(line.look.sign));
    if (drawn == m_drawn)
        return;
    m_drawn = drawn;
    clear(m_grid);
    int row = 0;
    for (const Line &line : lines) {
        m_grid->addWidget(new SignMark(line.look), row, 0, Qt::AlignTop);
        auto *question = new WrapLabel(line.question);
        m_grid->addWidget(question, row++, 1);
        if (line.text.isEmpty())
            continue;
        auto *text = new WrapLabel(line.text);
        text->setMuted(true);
        m_grid->addWidget(text, row++, 1);
    }
}

} // namespace meseta::console
