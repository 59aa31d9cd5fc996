"""The words that stand in pictures, English and Chinese: after `words.speak("zh")` in a notebook, its pictures are Chinese.

English is the key: code says `say("step")`, and the table says what that is in Chinese. Words have a text of their own, with the
symbol beside it: matplotlib has no Chinese letters to set within a formula, and would write a sign for a missing letter.
"""

import re
import warnings

LANGUAGES = ("en", "zh")
CHINESE = {
    # along an axis
    "step": "时间步",
    "steps": "步数",
    "steps back": "往回的步数",
    "steps kept": "保留的步数",
    "frame": "帧",
    "length": "长度",
    "gap": "间隔",
    "distance": "距离",
    "class": "类别",
    "component": "分量",
    "power": "幂次",
    "units": "单元数",
    "updates": "更新次数",
    "draws": "抽取次数",
    "gain": "增益",
    "weight": "权重",
    "bias": "偏置",
    "bias {}": "偏置{}",
    "bias 0": "偏置0",
    "bias 1": "偏置1",
    "bias 4": "偏置4",
    "bias log(T−1)": "偏置log(T−1)",
    "forget bias": "遗忘偏置",
    "input noise": "输入噪声",
    "pre-activation": "激活前的值",
    "size of the nudge": "步长",
    "value": "取值",
    "value number": "第几个值",
    "values stored": "存入值的个数",
    "letters back": "往回数第几个字",
    "letters in between": "相隔的字数",
    "bits a letter": "每字比特数",
    # what is measured
    "state": "状态",
    "next state": "下一个状态",
    "states": "状态",
    "first unit": "第一个单元",
    "state of rest": "不动点",
    "cell state": "细胞状态",
    "old cell state": "旧的细胞状态",
    "hidden state": "隐状态",
    "candidate": "候选向量",
    "input": "输入",
    "forget gate": "遗忘门",
    "input gate": "输入门",
    "output gate": "输出门",
    "update gate": "更新门",
    "reset gate": "重置门",
    "gates and output": "门和输出",
    "answer": "答案",
    "loss": "损失",
    "slope": "斜率",
    "slope of the loss": "损失的斜率",
    "error": "误差",
    "error on the belt": "传送带上的误差",
    "as it came in": "刚进来时",
    "relative error": "相对误差",
    "cosine": "夹角余弦",
    "smallest cosine": "夹角余弦最小",
    "right answers": "答对的比例",
    "runs that learned": "学会的次数",
    "gradient": "梯度",
    "size of the gradient": "梯度的大小",
    "size of each term": "各项的大小",
    "share of the whole gradient": "占整个梯度的比例",
    "share of the gradient of W": "占W的梯度的比例",
    "use of W at step": "用到W的步",
    "bits gained": "少用的比特数",
    "what is left": "还剩多少",
    "what is left of the gradient": "梯度还剩多少",
    "what is left of the error": "误差还剩多少",
    "what is left of a change": "变化还剩多少",
    "what is left of the cell state": "细胞状态还剩多少",
    "left of each candidate": "候选向量各剩多少",
    "mean of the components": "各分量的平均",
    "directions that keep more than a hundredth": "还剩百分之一以上的方向",
    "effect on the last state": "对最后状态的影响",
    "effect on the last output": "对最后输出的影响",
    "distance of the two runs": "两次运行的距离",
    "largest cell state": "细胞状态的最大值",
    "largest Lyapunov exponent": "最大Lyapunov指数",
    "stretch": "伸缩倍数",
    "norm": "范数",
    "norm of the weights": "权重的范数",
    "norm of the Jacobian": "雅可比矩阵的范数",
    "norm of the product": "乘积的范数",
    "parameters": "参数个数",
    "multiplications": "乘法次数",
    "time of a step": "每步用时",
    "half-life": "半衰期",
    "here tanh is flat": "此处tanh平坦",
    "made afresh": "每步重算",
    "carried on": "逐步传递",
    "read from the sum": "相加后读出",
    "read from slots": "分槽读出",
    "left after ten steps": "十步之后还剩",
    # at a line
    "measured": "实测",
    "bound": "上界",
    "at the start": "开始时",
    "now": "现在",
    "key": "键",
    "largest stretch": "最大伸缩",
    "least stretch": "最小伸缩",
    "largest": "最大的",
    "in the middle": "居中的",
    "all others": "其余的",
    "guessing": "瞎猜",
    "whole gradient": "整个梯度",
    "whole state": "整个状态",
    "cell state alone": "只看细胞状态",
    "direct path": "直接路径",
    "along the cell": "沿细胞状态",
    "after tanh": "经过tanh",
    "attracts": "吸引",
    "repels": "排斥",
    "start": "初始状态",
    "with noise": "有噪声",
    "without noise": "没有噪声",
    "with the mark": "有前引号",
    "without the mark": "去掉前引号",
    "after +1": "+1之后",
    "after −1": "−1之后",
    "central difference": "中心差分",
    "complex step": "复数步法",
    "a copy for each step": "每步各用一份",
    "one for all steps": "所有步共用",
    "the sizes added up": "绝对值之和",
    "the sum": "和",
    "one matrix repeated": "同一个矩阵",
    "different matrices": "不同的矩阵",
    "endless units": "无穷多单元",
    "best reader": "最佳读法",
    "gate": "门",
    "prediction": "预测",
    "probability": "概率",
    "at the rate λ": "按速率λ",
    "target": "目标",
    "right label": "正确的标签",
    "found": "找到了",
    "not found": "没找到",
    "right": "答对",
    "wrong": "答错",
    "clipped by norm": "按范数裁剪",
    "clipped by value": "按值裁剪",
    "reset before the product": "在乘积之前重置",
    "reset after the product": "在乘积之后重置",
    # on the way back
    "hidden state before": "上一步的隐状态",
    "cell state before": "上一步的细胞状态",
    "From h through × to the output gate: times tanh(C), times the slope of σ.": "从h到输出门：乘以tanh(C)，再乘以σ的斜率。",
    "From h through o and tanh up to the belt, where it joins what came along.": "从h经o和tanh回到传送带，与带上传来的相加。",
    "From the belt through × to the candidate: times i, times the slope of tanh.": "从带上到候选向量：乘以i，再乘以tanh的斜率。",
    "Through the same × to the input gate: times the candidate, times the slope of σ.": "到输入门：乘以候选向量，再乘以σ的斜率。",
    "Through × to the forget gate: times the old C, times the slope of σ.": "到遗忘门：乘以旧的C，再乘以σ的斜率。",
    "What the four layers were told goes through their W to the h before.": "四个层收到的误差各乘以W，传回上一步的h。",
    "Along the belt to the step before: times the forget gate, and nothing else.": "沿传送带回到上一步：只乘以遗忘门。",
    "No error arrives at h here.": "这个h上没有误差传来。",
    "All W are 0: nothing comes back this way.": "W全为0，误差不从这条路往回传。",
    "The gate is open: what comes gets through.": "门开着，误差差不多全传过去。",
    "The gate is open, but tanh is flat here: little gets through.": "门开着，但tanh已饱和，误差传过去的很少。",
    "The gate is shut: next to nothing gets through.": "门关着，误差几乎传不过去。",
    "The gate is open in one unit and shut in another.": "有的单元门开着，有的单元门关着。",
    "The gate is saturated: its layer learns next to nothing.": "门已饱和，这一层几乎学不到东西。",
    # the weights at work
    "sum": "和",
    "the word alone": "只看当前的词",
    "the word and its own output": "还看自己的输出",
    # the gates in the reader's hands
    "open": "开",
    "shut": "关",
    "one": "一个",
    "many": "多个",
    "forget, “Boris”": "“小刚”：遗忘门",
    "input, “Boris”": "“小刚”：输入门",
    "forget, “just”": "“已经”：遗忘门",
    "input, “just”": "“已经”：输入门",
    "output, “while”": "逗号：输出门",
    "output, the gap": "代词空格：输出门",
    "The sentence comes out right.": "整句话都对了。",
    "Right, but only just: more than half of “he” is gone.": "勉强填对，“他”剩下不到一半。",
    "Right, but “he” is said at “while” already, where nobody asks.": "都填对了，但刚读到逗号就输出了“他”。",
    "The belt knows, and the output gate keeps it to itself.": "答案就在传送带上，只是输出门没有放行。",
    "The girls are still on the belt: nothing was forgotten.": "带上仍是女孩们，旧内容没有忘掉。",
    "Girls and Boris cancel; the “she” of “just” is left.": "女孩们与小刚抵消，只剩“已经”写入的“她”。",
    "Boris is gone; “just” put its own “she” on the belt.": "小刚已经丢了，带上是“已经”写入的“她”。",
    "Girls and Boris cancel: the belt says nothing.": "女孩们与小刚抵消，带上读不出答案。",
    "The old was forgotten, the new not kept: the belt is empty.": "旧的已忘，新的没留住，带上是空的。",
    "this book's GRU": "本书的GRU",
    "the other program": "另一个程序",
    # pieces of the LSTM
    "everything": "全部",
    "the two lines": "两条线",
    "the four boxes": "四个方框",
    "the three gates": "三个门",
    "the pointwise operations": "逐点操作",
    # a sentence, and what an LSTM makes of it
    "she, one": "她，一个",
    "he, one": "他，一个",
    "she, many": "她，多个",
    "he, many": "他，多个",
    "kept: what was known": "保留旧内容",
    "dropped: what was known": "清除旧内容",
    "let in: what is new": "写入新内容",
    "kept out: what is new": "不写入新内容",
    "asked: the answer may come out": "送出答案",
    "not asked: nothing comes out": "不送出答案",
    "nothing is said": "没有输出",
    "proposed:": "候选：",
    "in the cell state:": "细胞状态里：",
    "said:": "输出：",
    "written": "写入量",
    "left of the first": "第一次写入还剩多少",
    # in the networks that came later
    "query": "查询",
    "keys": "键",
    "scores": "得分",
    "weights,": "权重，",
    "sum to 1": "和为1",
    "values": "值",
    "output": "输出",
    "normalise": "归一化",
    "attention or": "注意力或",
    "linear recurrence": "线性循环",
    "feed-forward network,": "前馈网络，",
    "each step alone": "每步单独计算",
    "earlier\nsteps": "前面\n各步",
    "later\nsteps": "后面\n各步",
    "layers": "层",
    "read": "读取",
    "write": "写入",
    "old value": "旧值",
    "new value": "新值",
    "rate": "写多少",
    # networks
    "plain network": "普通RNN",
    "residual network": "残差网络",
    "RNN tanh": "普通RNN",
    "LSTM chrono": "LSTM（计时）",
    "5-gram": "5元模型",
    "LSTM of 1997": "1997年的LSTM",
    "chrono biases": "计时初始化",
    "Gaussian matrix": "高斯矩阵",
    "orthogonal matrix": "正交矩阵",
    "unit matrix": "单位矩阵",
    "LSTM peephole": "LSTM（窥视孔）",
    "LSTM coupled": "LSTM（耦合）",
    "GRU reset after": "GRU（后重置）",
    "layer norm": "层归一化",
    "residual stream": "残差流",
    "orthogonal": "正交网络",
    "minimal GRU": "最小GRU",
    "diagonal state space": "对角的状态空间",
    "selective state space": "选择性的状态空间",
    "delta rule": "delta规则",
    "gated delta rule": "带门的delta规则",
    "hybrid": "混合网络",
    "attention": "注意力",
    "recurrence": "循环",
    "mean gate": "平均门",
    "gates of the best unit": "最强单元的门",
    "gradient at this character, of the largest": "各字的梯度与最大的之比",
    "pull towards the reading háng": "把读音往háng拉多少",
    "gate that keeps": "负责保留的门",
    "half open": "半开",
    "median": "中位数",
}
_spoken = "en"


def speak(language):
    """Choose the language of all pictures that are drawn from now on: "en", which it is at first, or "zh".

    What a locale is to a program this is to a notebook. Raises ValueError for any other language.
    """
    global _spoken
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}; got {language!r}")
    _spoken = language
    if language == "zh":
        expect_chinese()


def expect_chinese():
    """A page sets words in the reader's own fonts: that matplotlib's have no Chinese letters is no news."""
    warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")


def spoken():
    """The language that pictures speak, "en" or "zh"."""
    return _spoken


def say(text):
    """The English `text` in the language that is spoken. Formulas between dollars, numbers and names in capitals stay.

    Raises ValueError for words that the table does not know, in either language.

    >>> say("forget gate"), say("LSTM"), say("$C_t$")
    ('forget gate', 'LSTM', '$C_t$')
    """
    if not re.search("[a-z]{2}", re.sub(r"\$.*?\$", "", text)):
        return text
    if text not in CHINESE:
        raise ValueError(f"text must be one that unrolled.words knows in both languages; got {text!r}")
    return CHINESE[text] if _spoken == "zh" else text


def ems(text):
    """How many letters of `text` are as wide as they are high, as those of Chinese are."""
    return sum(letter > "\u2e80" for letter in text)
